// The Dockerfile as data: its stages, and of the last one what is copied from here, the environment and the commands.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './program.ts'

export type Line = { readonly verb: string; readonly rest: string }

const text = readFileSync(join(root, 'Dockerfile'), 'utf8')
const stages: readonly (readonly Line[])[] = (() => {
  const found: Line[][] = []
  for (const line of text.replace(/\\\n\s*/g, ' ').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const verb = line.split(' ')[0] ?? ''
    const one = { verb, rest: line.slice(verb.length + 1) }
    if (verb === 'FROM') found.push([one])
    else found.at(-1)?.push(one)
  }
  return found
})()
const last = stages.at(-1) ?? []
const restsOf = (verb: string, stage = last) => stage.filter((l) => l.verb === verb).map((l) => l.rest)
const exec = (verb: string): readonly string[] => JSON.parse(/\[.*\]/.exec(restsOf(verb)[0] ?? '')?.[0] ?? '[]')

/** `COPY a b ./there` → from `a` to `there/a`; a single source to a name keeps that name. */
const copiesOf = (stage: readonly Line[]) =>
  restsOf('COPY', stage)
    .filter((rest) => !rest.startsWith('--from'))
    .flatMap((rest) => {
      const words = rest.split(' ')
      const target = words.at(-1) ?? ''
      return words.slice(0, -1).map((from) => ({
        from,
        to: target.endsWith('/') ? `${target}${from.split('/').at(-1)}` : target,
      }))
    })

const entry = exec('ENTRYPOINT')
export const dockerfile = {
  text,
  stages,
  last,
  copies: copiesOf(last),
  copiesOfAll: stages.flatMap(copiesOf),
  user: restsOf('USER'),
  env: Object.fromEntries(
    restsOf('ENV').flatMap((rest) => [...rest.matchAll(/(\w+)=(\S+)/g)].map((m) => [m[1] ?? '', m[2] ?? ''])),
  ) as { readonly [name: string]: string },
  entry,
  command: exec('CMD'),
  /** Without what the entry point says already. */
  health: exec('HEALTHCHECK').slice(entry.length),
  healthcheck: exec('HEALTHCHECK'),
}
