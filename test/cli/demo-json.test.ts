// `gwanmun demo --json`: the table of the demonstration for programs. All of it comes from the tenancy file.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Described } from '../../src/cli/demo/describe.ts'
import { type Running, root, start, type Workplace, workplace } from '../program.ts'

type Person = { readonly username: string; readonly password?: string | { readonly literal: string } }
type File = {
  readonly seed: { readonly people: readonly Person[] }
  readonly demo: {
    readonly standIns: readonly { readonly name: string; readonly kind: string; readonly people?: readonly Person[] }[]
    readonly questions: readonly { readonly label: string }[]
  }
}
let at: Workplace | undefined
let demo: Running | undefined
afterEach(async () => {
  demo?.child.kill('SIGTERM') // it takes its stand-ins along
  await demo?.ended
  await at?.close()
})

test('names people, passwords and addresses, as the file has them and nowhere else', async () => {
  at = workplace()
  const file = join(at.folder, 'acme.yaml')
  const text = readFileSync(join(root, 'config/tenancies/acme.yaml'), 'utf8')
  writeFileSync(file, text.replaceAll('alice', 'alicia').replace('winter-harbour-lantern', 'summer-harbour-lantern'))
  demo = start(['demo', '--json', '--free-ports', '--fresh', '--file', file, '--state', join(at.folder, 'state')])
  await demo.says(/^\}$/m)
  const described = JSON.parse(demo.said()) as Described
  const declared = parse(readFileSync(file, 'utf8')) as File

  const { standIns, questions } = declared.demo
  const people = [...declared.seed.people.filter((p) => p.password), ...standIns.flatMap((s) => s.people ?? [])]
  expect(described.people.map((p) => [p.username, p.password])).toEqual(
    people.map((p) => [p.username, typeof p.password === 'object' ? p.password.literal : p.password]),
  )
  expect(described.people.find((p) => p.username === 'alicia')).toMatchObject({
    password: 'summer-harbour-lantern',
    at: 'local (default)',
    groups: ['employees', 'finance'],
  })
  expect(described.places.map((p) => [p.name, p.kind])).toEqual(standIns.map((s) => [s.name, s.kind]))
  expect(described.questions).toEqual(questions.map((q) => q.label))

  const { origin } = new URL(described.gateway)
  expect(described.issuers).toEqual([`${origin}/d/acme/default`, `${origin}/d/acme/partners`])
  for (const issuer of described.issuers) {
    const discovery = await fetch(`${issuer}/.well-known/openid-configuration`)
    expect(await discovery.json()).toMatchObject({ issuer })
  }
  const pdp = await fetch(`${origin}/.well-known/authzen-configuration${new URL(described.pdp).pathname}`)
  expect(await pdp.json()).toMatchObject({ policy_decision_point: described.pdp })
  for (const { url, kind } of described.places)
    expect(
      (
        await fetch(
          kind.endsWith('app')
            ? url
            : `${url}/${kind === 'saml-idp' ? 'metadata' : '.well-known/openid-configuration'}`,
        )
      ).status,
    ).toBe(200)
})
