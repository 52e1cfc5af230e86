// People with an account of the gateway's own: TOTP with a trusted device, passkey only, expired password, step-up.
import { codesOf, withAuthenticator } from '../browser.ts'
import { enter, expectThat, oidcApp, passwordOf, type Scenario, type Stage, type Visitor } from './stage.ts'

/** From the enrolment page to behind it: the secret the page showed. */
export const enrolTotp = async (stage: Stage, visitor: Visitor): Promise<ReturnType<typeof codesOf>> => {
  expectThat(
    stage,
    'enrolment of an authenticator app is offered, not an error',
    await visitor.has('#totp-secret'),
    await visitor.text(),
  )
  const codes = codesOf((await visitor.page.locator('#totp-secret').innerText()).trim())
  await visitor.fill({ otp: await codes.next() })
  await visitor.submit('enrol-totp')
  expectThat(stage, 'recovery codes are shown once', await visitor.has('#recovery-codes'), await visitor.text())
  await visitor.submit('keep-codes')
  return codes
}

const signOut = (visitor: Visitor) => visitor.openOidc('/sign-out')

const totpAndTrust: Scenario = {
  id: 'a',
  title:
    'local person, second factor by group: enrols, is asked, a code works once, a trusted device is not asked until the password changes',
  play: async (stage) => {
    const alice = await enter(stage)
    await alice.openOidc()
    await alice.identify('alice')
    await alice.password(passwordOf(stage, 'alice'))
    expectThat(
      stage,
      'the page names the group that asks for it',
      (await alice.text()).includes('finance'),
      await alice.text(),
    )
    const codes = await enrolTotp(stage, alice)
    expectThat(stage, 'signed in at the OpenID Connect application', alice.at(oidcApp(stage)), alice.page.url())
    const claims = await alice.claims()
    expectThat(stage, 'acr says two factors', claims?.acr === 'urn:gwanmun:acr:2', claims)
    expectThat(
      stage,
      'amr names password and one-time code',
      claims?.amr?.includes('otp') === true && claims.amr.includes('pwd'),
      claims?.amr,
    )

    await signOut(alice)
    await alice.openOidc()
    await alice.identify('alice')
    await alice.password(passwordOf(stage, 'alice'))
    await alice.fill({ otp: codes.last() })
    await alice.submit('totp')
    expectThat(
      stage,
      'a code that was used is refused',
      (await alice.has('[role="alert"]')) && (await alice.has('#otp')),
      await alice.text(),
    )
    await alice.fill({ otp: await codes.next() })
    await alice.page.locator('#trust_device').check()
    await alice.submit('totp')
    expectThat(stage, 'the next code is accepted', alice.at(oidcApp(stage)), alice.page.url())

    await signOut(alice)
    await alice.openOidc()
    await alice.identify('alice')
    await alice.password(passwordOf(stage, 'alice'))
    expectThat(stage, 'the trusted device is not asked for a code', alice.at(oidcApp(stage)), alice.page.url())

    const changed = 'autumn-harbour-lantern-7'
    await alice.go(`${stage.demo.issuer('default')}/account/password`)
    await alice.fill({
      current_password: passwordOf(stage, 'alice'),
      new_password: changed,
      new_password_repeat: changed,
    })
    await alice.submit('change-password')
    await signOut(alice)
    await alice.openOidc()
    await alice.identify('alice')
    await alice.password(changed)
    expectThat(
      stage,
      'after the password change the device is asked again',
      await alice.has('#otp'),
      await alice.text(),
    )
    await alice.fill({ otp: await codes.next() })
    await alice.submit('totp')
    expectThat(stage, 'and the code leads in', alice.at(oidcApp(stage)), alice.page.url())
    await alice.close()
  },
}

const passkeyOnly: Scenario = {
  id: 'b',
  title: 'local person in a phishing-resistant group: passkey, and nothing else is offered',
  play: async (stage) => {
    const bob = await enter(stage)
    const authenticator = await withAuthenticator(bob.page)
    await bob.openOidc()
    await bob.identify('bob')
    await bob.password(passwordOf(stage, 'bob'))
    expectThat(
      stage,
      'a passkey is offered',
      await bob.has('button[name="do"][value="enrol-passkey"]'),
      await bob.text(),
    )
    expectThat(
      stage,
      'an authenticator app is not',
      !(await bob.has('#otp')) && !(await bob.has('#totp-secret')),
      await bob.text(),
    )
    await bob.page.locator('button[name="do"][value="enrol-passkey"]').click()
    await bob.page.waitForURL(`${oidcApp(stage)}/**`)
    expectThat(stage, 'the passkey was made', (await authenticator.count()) === 1)
    expectThat(
      stage,
      'acr says phishing-resistant',
      (await bob.claims())?.acr === 'urn:gwanmun:acr:3',
      await bob.claims(),
    )
    await signOut(bob)
    await bob.openOidc()
    await bob.identify('bob')
    await bob.password(passwordOf(stage, 'bob'))
    expectThat(stage, 'the second time the passkey is asked for, no code', !(await bob.has('#otp')), await bob.text())
    await bob.page.locator('button[name="do"][value="passkey"]').click()
    await bob.page.waitForURL(`${oidcApp(stage)}/**`)
    expectThat(
      stage,
      'amr names a user-verified key',
      (await bob.claims())?.amr?.includes('user') === true,
      await bob.claims(),
    )
    await bob.close()
  },
}

const expiredPassword: Scenario = {
  id: 'e',
  title: 'password older than 120 days: changed after the second factor; the old one is refused',
  play: async (stage) => {
    const grace = await enter(stage)
    const old = passwordOf(stage, 'grace')
    await grace.openOidc()
    await grace.identify('grace')
    await grace.password(old)
    await enrolTotp(stage, grace)
    expectThat(
      stage,
      'the change is asked for after the second factor',
      await grace.has('#new_password'),
      await grace.text(),
    )
    const change = async (password: string) => {
      await grace.fill({ current_password: old, new_password: password, new_password_repeat: password })
      await grace.submit('change-password')
    }
    await change(old)
    expectThat(stage, 'the same password again is refused', await grace.has('#new_password'), await grace.text())
    await change('short')
    expectThat(stage, 'a short one is refused', await grace.has('#new_password'), await grace.text())
    await change('crimson-railway-orchid-9')
    expectThat(stage, 'a new one leads in', grace.at(oidcApp(stage)), grace.page.url())
    await signOut(grace)
    await grace.openOidc()
    await grace.identify('grace')
    await grace.password(old)
    expectThat(stage, 'the old one no longer opens anything', await grace.has('#password'), await grace.text())
    await grace.close()
  },
}

const stepUp: Scenario = {
  id: 'f',
  title: 'step-up: acr_values above the session asks only for what is missing',
  play: async (stage) => {
    const heidi = await enter(stage)
    await heidi.openOidc()
    await heidi.identify('heidi')
    await heidi.password(passwordOf(stage, 'heidi'))
    expectThat(
      stage,
      'one factor is enough for her',
      (await heidi.claims())?.acr === 'urn:gwanmun:acr:1',
      await heidi.claims(),
    )
    await heidi.openOidc('/step-up?level=2')
    expectThat(stage, 'no password is asked again', !(await heidi.has('#password')), await heidi.text())
    await enrolTotp(stage, heidi)
    expectThat(
      stage,
      'acr says two factors now',
      (await heidi.claims())?.acr === 'urn:gwanmun:acr:2',
      await heidi.claims(),
    )
    await heidi.openOidc('/silent')
    expectThat(
      stage,
      'and prompt=none goes through',
      heidi.at(oidcApp(stage)) && !(await heidi.has('#error')),
      await heidi.text(),
    )
    await heidi.close()
  },
}

export const localScenarios: readonly Scenario[] = [totpAndTrust, passkeyOnly, expiredPassword, stepUp]
