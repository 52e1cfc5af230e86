// Passkeys: reads the options that the page carries (Web Authentication Level 3 §5.1.8–9, JSON form), asks the browser, and posts the answer
// in the hidden field `webauthn`. The server judges it; nothing is checked here.
const form = document.getElementById('passkey')
const field = document.getElementById('webauthn')
const button = document.getElementById('use-passkey')
const trouble = form.querySelector('[data-trouble]')
const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const optional = (buffer) => (buffer ? text(buffer) : undefined)
const named = (list) => list?.map((credential) => ({ ...credential, id: bytes(credential.id) }))

const creation = (o) => ({ ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: named(o.excludeCredentials) })
const request = (o) => ({ ...o, challenge: bytes(o.challenge), allowCredentials: named(o.allowCredentials) })

const answerOf = ({ id, type, rawId, response, authenticatorAttachment, getClientExtensionResults }, credential) => ({
  id, type, rawId: text(rawId),
  authenticatorAttachment: authenticatorAttachment ?? undefined,
  clientExtensionResults: getClientExtensionResults.call(credential),
  response: response.attestationObject
    ? { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [] }
    : { clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData), signature: text(response.signature), userHandle: optional(response.userHandle) },
})

const options = JSON.parse(form.dataset.options)
const create = form.dataset.mode === 'create'
let waiting // the autofill request that a press of the button takes over from

const ask = (more) =>
  create
    ? navigator.credentials.create({ publicKey: creation(options), ...more })
    : navigator.credentials.get({ publicKey: request(options), ...more })

const post = (credential) => {
  field.value = JSON.stringify(answerOf(credential, credential))
  const pressed = document.createElement('input') // submit() sends no button
  Object.assign(pressed, { type: 'hidden', name: button.name, value: button.value })
  form.append(pressed)
  form.dataset.sent = 'yes'
  form.submit()
}
const complain = (message) => {
  trouble.textContent = message
  trouble.hidden = false
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  event.stopImmediatePropagation()
  if (form.dataset.sent) return
  trouble.hidden = true
  waiting?.abort()
  try {
    post(await ask({}))
  } catch {
    complain(trouble.dataset.cancelled)
  }
}, true)

/**
 * Passkeys among the suggestions of the user name field. Asked for when somebody turns to the field, not when the page loads: an
 * authenticator that needs nobody's consent would sign in whoever only came to look, and nobody could sign in as someone else.
 */
const offerInAutofill = (input) => {
  const offer = async () => {
    if (waiting || form.dataset.sent) return
    waiting = new AbortController()
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.()) || waiting.signal.aborted) return
    ask({ mediation: 'conditional', signal: waiting.signal }).then(post, () => {}) // aborted or declined: the form is still there
  }
  for (const turning of ['pointerenter', 'pointerdown', 'keydown']) input?.addEventListener(turning, offer, { once: true })
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const part of document.querySelectorAll('[data-needs-passkey]')) part.hidden = false
  offerInAutofill(document.getElementById(form.dataset.autofill))
} else {
  complain(trouble.dataset.unsupported)
  button.disabled = true
}
