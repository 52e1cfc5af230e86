// Metadata by URL over real HTTP: kept when sound, and yesterday's kept when it is not (F1).
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CheckMetadata, refreshMetadata } from '../../../src/flows/upkeep/refresh-metadata.ts'
import { type House, house } from '../directory/house.ts'

let h: House
let server: Server
let body: string
let status: number
let asked: string[]
const check: CheckMetadata = ({ xml }) => (xml.startsWith('<sound') ? 'sound' : { fault: 'no certificate in it' })

beforeEach(async () => {
  h = await house()
  body = '<sound/>'
  status = 200
  asked = []
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(status, { connection: 'close' }).end(body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  await h.apply(`
tenancy: { name: acme }
domains:
  - name: default
    idps: [{ name: corp, saml: { metadataUrl: 'http://127.0.0.1:${port}/idp' } }, { name: off, enabled: false, saml: { metadataUrl: 'http://127.0.0.1:${port}/off' } }]
applications:
  - { name: app, saml: { entityId: 'urn:app', metadataUrl: 'http://127.0.0.1:${port}/sp' } }
`)
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await h.close()
})

const refresh = (
  more: { readonly onlyMissing?: boolean; readonly check?: CheckMetadata; readonly fetch?: typeof fetch } = {},
) => refreshMetadata({ ...h.deps, fetch: more.fetch ?? fetch, check: more.check ?? check })(more)
const stored = async () => {
  const { idps, apps } = await h.nouns()
  const [idp, app] = [idps.find((i) => i.name === 'corp')?.trust, apps[0]?.settings]
  return [idp?.protocol === 'saml' && idp.metadataXml, app?.protocol === 'saml' && app.metadataXml]
}
const events = async () =>
  (await h.store.read((tx) => tx.audit.list(h.tenancyId(), { limit: 9 })))
    .map((e) => `${e.action} ${e.outcome}`)
    .filter((e) => e.startsWith('metadata'))

describe('refreshing', () => {
  test('fetches providers and applications, not the disabled, and says what changed', async () => {
    expect((await refresh()).map((r) => `${r.name} ${r.outcome}`).sort()).toEqual(['app changed', 'corp changed'])
    expect(asked.sort()).toEqual(['/idp', '/sp'])
    expect(await stored()).toEqual(['<sound/>', '<sound/>'])
    expect(await events()).toEqual(['metadata.refreshed success', 'metadata.refreshed success'])
  })
  test('the same document again changes and records nothing', async () => {
    await refresh()
    expect((await refresh()).map((r) => r.outcome)).toEqual(['unchanged', 'unchanged'])
    expect(await events()).toHaveLength(2)
  })
  test('only what is missing, when asked so', async () => {
    await refresh()
    expect(await refresh({ onlyMissing: true })).toEqual([])
  })
  test('a document that is not sound is refused and recorded; the old one stays', async () => {
    await refresh()
    body = '<evil/>'
    expect((await refresh()).map((r) => [r.outcome, r.detail])).toEqual(
      Array(2).fill(['refused', 'no certificate in it']),
    )
    expect(await stored()).toEqual(['<sound/>', '<sound/>'])
    expect((await events()).slice(0, 2)).toEqual(['metadata.refused failure', 'metadata.refused failure'])
  })
  test('the check is told what was there before and, for an application, the entity id it must speak for', async () => {
    const told: unknown[] = []
    await refresh()
    body = '<sound2/>'
    await refresh({
      check: ({ role, previousXml, entityId }) => {
        told.push([role, previousXml, entityId])
        return 'sound'
      },
    })
    expect(told.sort()).toEqual([
      ['idp', '<sound/>', undefined],
      ['sp', '<sound/>', 'urn:app'],
    ])
  })
  test.each([
    ['an error page', () => (status = 500), 'it answered 500'],
    ['a closed door', () => server.close(), 'fetch failed'],
  ])('%s is unreachable, and changes nothing', async (_, spoil, detail) => {
    await refresh()
    spoil()
    expect((await refresh()).map((r) => [r.outcome, r.detail])).toEqual(Array(2).fill(['unreachable', detail]))
    expect(await stored()).toEqual(['<sound/>', '<sound/>'])
  })
  test("an administrator's change while the request was out wins", async () => {
    const slow: typeof fetch = async (...q) => {
      const answer = await fetch(...q)
      const corp = (await h.nouns()).idps.find((i) => i.name === 'corp')
      if (corp?.trust.protocol === 'saml')
        await h.store.write((tx) =>
          tx.idps.put({
            ...corp,
            trust: {
              ...(corp.trust as object),
              metadataUrl: undefined,
              metadataXml: '<by-hand/>',
            } as typeof corp.trust,
          }),
        )
      return answer
    }
    await refresh({ fetch: slow })
    expect((await stored())[0]).toBe('<by-hand/>')
  })
})
