// The words of error pages and of what happens around a sign-in, in English: one title and one piece of advice for each slug of problem.ts,
// and hints for the reasons that people can do something about.
export const enErrors = {
  'error.request-malformed.title': 'This request could not be understood',
  'error.request-malformed.what':
    'A part of it is missing or not as expected. Go back and start again from the application.',
  'error.sign-in-required.title': 'Sign in first',
  'error.sign-in-required.what': 'Your session is over or was never begun.',
  'error.not-permitted.title': 'You may not do this',
  'error.not-permitted.what': 'Your account lacks the permission. Ask an administrator if you need it.',
  'error.not-found.title': 'There is nothing here',
  'error.not-found.what':
    'The address may be mistyped or out of date. Start again from the application that you want to use.',
  'error.link-unknown.title': 'This link is over',
  'error.link-unknown.what':
    'A set-up link works once and for a day. If nobody could set up the gateway, start it again: it prints a new one.',
  'error.invitation-over.title': 'This invitation is over',
  'error.invitation-over.what':
    'It was used, revoked or sent again, or its time has passed. If you have joined already, just sign in; otherwise ask whoever invited you for a new one.',
  'error.registration-over.title': 'This link is over',
  'error.registration-over.what':
    'It works once and for an hour. If you have made your account already, just sign in; otherwise ask for a new link.',
  'error.reset-over.title': 'This link is over',
  'error.reset-over.what':
    'It works once and for half an hour, and only the newest one does. Ask for a new one with “Forgot your password?” where you sign in.',
  'error.connection-test-over.title': 'This test is over',
  'error.connection-test-over.what':
    'The link of a test works in one browser and for a short time. Whoever tests the connection can make a new one.',
  'error.domain-unknown.title': 'No such identity domain',
  'error.domain-unknown.what':
    'The address names a tenancy or domain that does not exist. Check it, or start from the application that you want to use.',
  'error.journey-expired.title': 'This sign-in took too long',
  'error.journey-expired.what':
    'For your protection a sign-in has to be finished in time. Nothing is lost: start again from the application.',
  'error.journey-unknown.title': 'This sign-in is over, or it belongs to another browser',
  'error.journey-unknown.what':
    'A sign-in stays in the browser where it began and can be finished once. If you have just signed in, you are done; otherwise start again from the application.',
  'error.changed-meanwhile.title': 'Someone else was faster',
  'error.changed-meanwhile.what':
    'It was changed meanwhile, perhaps in another tab. Load the page again and look before you repeat it.',
  'error.name-taken.title': 'That name is taken',
  'error.name-taken.what': 'Go back and choose another name.',
  'error.not-empty.title': 'It is not empty',
  'error.not-empty.what': 'Empty it first.',
  'error.precondition-failed.title': 'Someone else was faster',
  'error.precondition-failed.what': 'It was changed meanwhile. Load it again and look before you repeat it.',
  'error.media-type-unsupported.title': 'That kind of content is not understood here',
  'error.media-type-unsupported.what': 'Send it in the format that the documentation names.',
  'error.method-not-allowed.title': 'That cannot be done here',
  'error.method-not-allowed.what': 'This address answers other kinds of requests.',
  'error.upstream-refused.title': 'The answer of the identity provider was refused',
  'error.upstream-refused.what':
    'It did not pass the checks that protect your account, so nothing was done with it. Start again from the application; if it happens again, give your administrator the reason code and the reference below.',
  'error.upstream-unreachable.title': 'The identity provider cannot be reached',
  'error.upstream-unreachable.what': 'It is not your fault. Try again in a moment.',
  'error.saml-request-refused.title': 'The request of the application was refused',
  'error.saml-request-refused.what':
    'The application asked for a sign-in in a way that cannot be trusted. Its administrator needs the reason code below.',
  'error.app-unknown.title': 'This application is not registered here',
  'error.app-unknown.what':
    'Check the address of the application. Its administrator has to register it before people can sign in to it.',
  'error.domain-inactive.title': 'This identity domain is not active',
  'error.domain-inactive.what': 'Nobody can sign in here until an administrator activates it again.',
  'error.too-many-requests.title': 'Too many requests',
  'error.too-many-requests.what': 'Wait a moment, then load the page again.',
  'error.too-large.title': 'The request is too large',
  'error.too-large.what': 'Nothing of this size is expected here.',
  'error.config-invalid.title': 'The configuration has faults',
  'error.config-invalid.what': 'An administrator has to correct it.',
  'error.storage-unavailable.title': 'Nothing can be saved right now',
  'error.storage-unavailable.what': 'The data store does not accept changes at the moment. Try again in a few minutes.',
  'error.internal.title': 'Something went wrong on our side',
  'error.internal.what':
    'Nothing was changed. Try again; if it happens again, give your administrator the reference below.',
  'error.misdirected.title': 'Wrong address',
  'error.misdirected.what': 'This gateway answers under another address.',
  'error.misdirected.go': 'Go to {{address}}',
  'error.other.title': 'This could not be done',
  'error.other.what':
    'Start again from the application. If it happens again, give your administrator the reason code and the reference below.',

  'hint.time':
    'The answer was too old or from the future. Try again at once; if it happens again, the clocks of the two systems differ.',
  'hint.replayed':
    'The answer was used before, for example because the page was loaded again. Start again from the application.',
  'hint.state':
    'This browser has no sign-in that waits for this answer. Start again from the application, in one browser and without going back.',
  'hint.cancelled': 'The identity provider reports that the sign-in was cancelled or denied there.',
  'hint.account': 'You were recognised, but your account could not be matched or created here. Ask your administrator.',

  'account-link': 'My account',
  'sign-out.title': 'Sign out?',
  'sign-out.what': 'You will be signed out here and of the applications that you opened from here.',
  'sign-out.what-app':
    '{{app}} asks to sign you out. You will be signed out here and of the other applications that you opened from here.',
  'sign-out.yes': 'Sign out',
  'sign-out.no': 'Stay signed in',
  'signed-out.title': 'You are signed out',
  'signed-out.what': 'You can close this window now.',
  'signed-out.partial': 'These applications could not be told; close the browser to be sure:',
  'signed-out.again': 'Sign in again',
  'auto-post.title': 'One moment',
  'auto-post.what': 'You are being taken to {{app}}.',
  'auto-post.what-plain': 'You are being taken further.',
  'auto-post.no-script': 'If nothing happens, press the button.',

  'set-up.title': 'Set up this gateway',
  'set-up.what': 'You are the first. Make the account of the first administrator; this link works once.',
  'set-up.username': 'User name',
  'set-up.email': 'E-mail',
  'set-up.password': 'Password',
  'set-up.repeat': 'Password again',
  'set-up.submit': 'Create administrator',
  'set-up.done.title': 'The administrator is there',
  'set-up.done.what': 'You can sign in with the new account now.',
  'set-up.username-malformed': 'A user name has no spaces and at most 200 characters.',
  'set-up.username-taken': 'That user name is taken. Choose another.',
} as const
