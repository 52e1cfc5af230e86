// The plain pages of the demo's stand-ins and sample applications. They belong to nobody's product; they only have to be clear.

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c] ?? c)

const style = `
:root{color-scheme:light dark;--ink:#1d2433;--soft:#5b6577;--line:#d9dee8;--card:#fff;--back:#eef1f6;--accent:var(--brand,#2456c4)}
@media(prefers-color-scheme:dark){:root{--ink:#e8ecf4;--soft:#a3adbf;--line:#39425a;--card:#1b2233;--back:#121726}}
*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,"Apple SD Gothic Neo","Noto Sans KR",NanumGothic,sans-serif;color:var(--ink);background:var(--back)}
main{max-width:46rem;margin:2rem auto;padding:1.5rem;background:var(--card);border:1px solid var(--line);border-radius:12px}
h1{margin:.2rem 0 1rem;font-size:1.4rem}h2{font-size:1.05rem;margin:1.6rem 0 .5rem}p.who{color:var(--soft);margin:0}
label{display:block;margin:.8rem 0 .2rem;font-weight:600}input{width:100%;padding:.6rem;border:1px solid var(--line);border-radius:8px;font:inherit;background:transparent;color:inherit}
button,a.button{display:inline-block;margin:.6rem .4rem 0 0;padding:.55rem 1rem;border:0;border-radius:8px;background:var(--accent);color:#fff;font:inherit;text-decoration:none;cursor:pointer}
a.quiet,button.quiet{background:transparent;color:var(--accent);border:1px solid var(--accent)}
table{width:100%;border-collapse:collapse;font-size:.95rem}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}th{white-space:nowrap;color:var(--soft);font-weight:600}
.yes{color:#14813c;font-weight:700}.no{color:#c22f2f;font-weight:700}@media(prefers-color-scheme:dark){.yes{color:#5fd38a}.no{color:#ff8a8a}}
code{font-size:.9em}form.inline{display:inline}@media(max-width:40rem){main{margin:0;border-radius:0;border:0}th,td{display:block;padding:.15rem 0}th{border:0}}`

export type Page = { readonly title: string; readonly who: string; readonly brand: string; readonly body: string }

/** `body` is markup; everything inserted into it went through `escaped`. */
export const page = ({ title, who, brand, body }: Page): string =>
  `<!doctype html><html lang="en" style="--brand:${brand}"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style><main><p class="who">${escaped(who)}</p><h1>${escaped(title)}</h1>${body}</main></html>`

export const table = (rows: readonly (readonly [string, string])[]): string =>
  `<table>${rows.map(([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${value}</td></tr>`).join('')}</table>`

/** A sign-in form of a stand-in identity provider: the same field names as everywhere. */
export const signInForm = (
  action: string,
  hidden: { readonly [name: string]: string },
  fault: string | undefined,
): string =>
  `${fault === undefined ? '' : `<p role="alert" class="no">${escaped(fault)}</p>`}<form method="post" action="${escaped(action)}">
${Object.entries(hidden)
  .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
  .join('')}
<label for="username">User name</label><input id="username" name="username" autocomplete="username" autofocus required>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button></form>`
