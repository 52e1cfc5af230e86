// Settings by name: which there are (read off the schema), and what environment and flags say of them. A variable that begins with
// GWANMUN_ and names no setting is a fault: a misspelt one would otherwise be a default nobody chose.
import { z } from 'zod'
import type { Fault } from './located.ts'
import { type Env, isSecretField } from './secret-field.ts'

// ── Every setting by name ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export type Leaf = {
  readonly path: string
  readonly env: string
  readonly kind: 'text' | 'number' | 'boolean' | 'list' | 'secret'
}

const unwrapped = (schema: unknown): unknown => {
  if (isSecretField(schema)) return schema
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrapped(schema.def.innerType)
  return schema instanceof z.ZodPipe ? unwrapped(schema.def.in) : schema
}
const envName = (path: readonly string[]): string =>
  `GWANMUN_${path.map((p) => p.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()).join('_')}`

export const leavesOf = (schema: unknown, path: readonly string[] = []): readonly Leaf[] => {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodObject)
    return Object.entries(inner.shape).flatMap(([key, value]) => leavesOf(value, [...path, key]))
  const kind = isSecretField(inner)
    ? 'secret'
    : inner instanceof z.ZodNumber
      ? 'number'
      : inner instanceof z.ZodBoolean
        ? 'boolean'
        : inner instanceof z.ZodArray
          ? 'list'
          : 'text'
  return [{ path: path.join('.'), env: envName(path), kind }]
}

const typed = (leaf: Leaf, text: string): unknown => {
  if (leaf.kind === 'number') return /^-?\d+$/.test(text) ? Number(text) : text
  if (leaf.kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (leaf.kind === 'list')
    return text
      .split(',')
      .map((t) => t.trim())
      .filter((t) => t !== '')
  return text
}

// ── Sources ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export type Tree = { [key: string]: unknown }
export type Sources = Map<string, string> // path → where it came from

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const valueAt = (tree: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((node, key) => (isTree(node) && Object.hasOwn(node, key) ? node[key] : undefined), tree)
/** A copy of `tree` with one value set; whatever stood in the way and was no mapping stays, so that the schema reports it. */
export const withValue = (tree: Tree, [key = '', ...rest]: readonly string[], value: unknown): Tree => {
  if (rest.length === 0) return { ...tree, [key]: value }
  const child = Object.hasOwn(tree, key) ? tree[key] : {}
  return isTree(child) ? { ...tree, [key]: withValue(child, rest, value) } : tree
}

// A Kubernetes Service named `gwanmun` puts variables of these names into every pod of its namespace; SHARED names test data, and
// SECRET_… is free for `{env: …}` references, and so is …_CLIENT_SECRET, which `gwanmun export` writes. What the command line reads of a gateway
// elsewhere says nothing about this one.
const notSettings =
  /^GWANMUN_(SERVICE_(HOST|PORT(_.*)?)|PORT(_\d+_(TCP|UDP)(_.*)?)?|SHARED|SECRET_.*|.*_CLIENT_SECRET(_\d+)?|CONFIG|SERVER|TENANCY|API_KEY|PROFILES?)$/

export const fromEnvironment = (
  leaves: readonly Leaf[],
  env: Env,
): { set: [path: string, value: unknown, source: string][]; faults: Fault[] } => {
  const set: [string, unknown, string][] = []
  const faults: Fault[] = []
  const known = new Set<string>(leaves.flatMap((l) => (l.kind === 'secret' ? [l.env, `${l.env}_FILE`] : [l.env])))
  for (const leaf of leaves) {
    const value = env[leaf.env]
    const file = leaf.kind === 'secret' ? env[`${leaf.env}_FILE`] : undefined
    if (value && file) faults.push({ where: leaf.env, message: `set either ${leaf.env} or ${leaf.env}_FILE, not both` })
    else if (file) set.push([leaf.path, { file }, `${leaf.env}_FILE`])
    else if (value) set.push([leaf.path, leaf.kind === 'secret' ? { env: leaf.env } : typed(leaf, value), leaf.env])
  }
  const database = databaseUrl(env)
  const rival = set.find(([path]) => path === 'store.kind' || path === 'store.url')
  if (database && rival)
    faults.push({ where: database[0][2], message: `does not go with ${rival[2]}: set one of them` })
  else if (database) set.push(...database) // after, and so over, GWANMUN_STORE_PATH: an image sets that for everybody
  for (const name of Object.keys(env))
    if (
      name.startsWith('GWANMUN_') &&
      !known.has(name) &&
      !notSettings.test(name) &&
      !/^GWANMUN_DATABASE_URL(_FILE)?$/.test(name)
    )
      faults.push({ where: name, message: 'unknown setting: `gwanmun config show` lists the known ones' })
  return { set, faults }
}

/** The one variable everybody expects: `postgres://…`, or the path of an SQLite file. */
const databaseUrl = (env: Env): [[string, unknown, string], ...[string, unknown, string][]] | undefined => {
  if (env.GWANMUN_DATABASE_URL_FILE) {
    const source = 'GWANMUN_DATABASE_URL_FILE'
    return [
      ['store.kind', 'postgres', source],
      ['store.url', { file: env.GWANMUN_DATABASE_URL_FILE }, source],
    ]
  }
  const source = 'GWANMUN_DATABASE_URL'
  const url = env[source]
  if (!url) return undefined
  return /^postgres(ql)?:/.test(url)
    ? [
        ['store.kind', 'postgres', source],
        ['store.url', { env: source }, source],
      ]
    : [
        ['store.kind', 'embedded', source],
        ['store.path', url.replace(/^sqlite:(\/\/)?/, ''), source],
      ]
}

export const fromFlags = (
  leaves: readonly Leaf[],
  flags: { readonly [path: string]: string },
): { set: [string, unknown, string][]; faults: Fault[] } => {
  const set: [string, unknown, string][] = []
  const faults: Fault[] = []
  for (const [name, text] of Object.entries(flags)) {
    const leaf = leaves.find((l) => l.path === name)
    if (!leaf) faults.push({ where: '--set', message: `unknown setting \`${name}\`` })
    else if (leaf.kind === 'secret')
      faults.push({
        where: '--set',
        message: `\`${name}\` is a secret: others can read the command line; use ${leaf.env} or ${leaf.env}_FILE`,
      })
    else set.push([name, typed(leaf, text), `--set ${name}`])
  }
  return { set, faults }
}
