// What an exported file calls the things that it does not hold: environment variables for secrets, paths for documents. Names depend on
// nothing but the nouns and their order, so that the same tenancy always gets the same ones; two that would be alike are told apart.
export type Variable = { readonly name: string; readonly what: string }
type File = { readonly path: string; readonly text: string }
type Called = { readonly domain?: string; readonly name: string }

export type Naming = {
  readonly appSecret: (app: string, n: number) => { readonly env: string }
  readonly idpSecret: (idp: Required<Called>) => { readonly env: string }
  /** Keeps the document and says where. */
  readonly metadata: (kind: 'app' | 'idp', of: Called, xml: string) => string
  readonly used: () => { readonly files: readonly File[]; readonly variables: readonly Variable[] }
}

const wordOf = (text: string, none: string): string =>
  text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase() || none

/** The word itself for whoever comes first, then `WORD_2` … */
const apart = (taken: Map<string, string>, word: string, owner: string): string => {
  for (let n = 1; ; n++) {
    const tried = n === 1 ? word : `${word}_${n}`
    const holder = taken.get(tried)
    if (holder !== undefined && holder !== owner) continue
    taken.set(tried, owner)
    return tried
  }
}

export const namingFor = (tenancy: string): Naming => {
  const words = new Map<string, string>()
  const paths = new Map<string, string>()
  const files: File[] = []
  const variables: Variable[] = []
  const prefix = `GWANMUN_${wordOf(tenancy, 'TENANCY')}`
  const variable = (name: string, what: string): { readonly env: string } => {
    variables.push({ name, what })
    return { env: name }
  }
  const idpText = ({ domain, name }: Called): string => `${domain}/${name}`
  return {
    appSecret: (app, n) => {
      const word = apart(words, wordOf(app, 'APP'), `app ${app}`)
      return variable(`${prefix}_${word}_CLIENT_SECRET_${n}`, `client secret ${n} of application ${app}`)
    },
    idpSecret: (idp) => {
      const owner = `idp ${idpText(idp)}`
      const word = apart(words, `${wordOf(idp.domain, 'DOMAIN')}_${wordOf(idp.name, 'IDP')}`, owner)
      return variable(`${prefix}_${word}_CLIENT_SECRET`, `client secret at identity provider ${idpText(idp)}`)
    },
    metadata: (kind, of, xml) => {
      const owner = kind === 'idp' ? idpText(of) : of.name
      const word = wordOf(owner, kind).toLowerCase().replaceAll('_', '-')
      const path = `metadata/${tenancy}-${apart(paths, word, `${kind} ${owner}`)}.xml`
      files.push({ path, text: xml })
      return path
    },
    used: () => ({ files, variables }),
  }
}
