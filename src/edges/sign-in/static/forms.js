// Comforts that the pages work without: one submit per press, a password that can be looked at, codes that can be copied, local times.
for (const form of document.forms) {
  if (form.id === 'passkey') continue // passkey.js posts that one
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return
    if (form.dataset.sent) event.preventDefault() // a double click would answer the same step twice
    form.dataset.sent = 'yes'
  })
}
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent // "back" brings the page as it was left
})

const words = document.body.dataset
for (const box of document.querySelectorAll('.secret')) {
  const input = box.querySelector('input')
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = words.show
  button.setAttribute('aria-pressed', 'false')
  button.setAttribute('aria-controls', input.id)
  button.addEventListener('click', () => {
    const hidden = input.type === 'password'
    input.type = hidden ? 'text' : 'password'
    button.textContent = hidden ? words.hide : words.show
    button.setAttribute('aria-pressed', String(hidden))
    input.focus()
  })
  input.form.addEventListener('submit', () => { input.type = 'password' }) // or the browser would offer it as an ordinary word later
  box.append(button)
  box.classList.add('can-show')
}

for (const button of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) continue
  button.hidden = false
  button.addEventListener('click', async () => {
    const lines = [...document.querySelectorAll(`#${button.dataset.copy} li`)].map((line) => line.textContent)
    await navigator.clipboard.writeText(lines.join('\n'))
    button.textContent = button.dataset.copied
  })
}
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false
  button.addEventListener('click', () => print())
}

const dates = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' })
for (const time of document.querySelectorAll('time[datetime]')) time.textContent = dates.format(new Date(time.dateTime))
