// pysaml2, a SAML service provider in Python (with xmlsec1). https://pysaml2.readthedocs.io/en/latest/howto/config.html
import type { Page } from 'playwright-core'
import { idpMetadata, type Site, samlApplication } from '../gateway.ts'
import type { Known } from '../people.ts'
import { newKeyPair } from './key-pair.ts'
import type { Stage } from './run.ts'
import { spMetadata } from './sp-metadata.ts'

const NAME = 'pysaml2'

export const newPysaml2 = async (stage: Stage) => {
  const port = stage.port()
  const base = `http://127.0.0.1:${port}`
  const entityId = `${base}/metadata`
  const key = await newKeyPair('pysaml2')
  const slo = [{ binding: 'HTTP-Redirect', location: `${base}/slo` }] as const
  const metadataFile = stage.write(`${NAME}/sp.xml`, spMetadata({ entityId, acs: `${base}/acs`, slo }, key))
  return {
    privateUrl: `${base}/private`,
    byPostUrl: `${base}/by-post`,
    signOutUrl: `${base}/logout`,
    loggedOut: `${base}/ok.html`,
    application: samlApplication(NAME, {
      entityId,
      metadataFile,
      requireSignedRequests: true,
    }),
    start: async (site: Site) =>
      stage.start({
        name: NAME,
        command: '/usr/bin/python3',
        args: [
          `${import.meta.dirname}/pysaml2_sp.py`,
          JSON.stringify({
            base,
            port,
            entityId,
            cookie: `pysaml${port}`,
            key: stage.write(`${NAME}/sp.key`, key.keyPem),
            certificate: stage.write(`${NAME}/sp.crt`, key.certificatePem),
            idpMetadata: stage.write(`${NAME}/idp.xml`, await idpMetadata(site)),
          }),
        ],
        readyUrl: `${base}/ok.html`,
      }),
  }
}

export const seenByPysaml2 = async (page: Page) => {
  const said = JSON.parse(await page.locator('body').innerText()) as {
    readonly attributes: { readonly [name: string]: readonly string[] }
    readonly nameId: { readonly format: string; readonly value: string }
    readonly authnContext: readonly string[]
  }
  const of = (name: string): readonly string[] => said.attributes[name] ?? []
  const person: Known = {
    username: of('uid')[0],
    email: of('mail')[0],
    name: of('displayName')[0],
    groups: of('groups'),
  }
  return { person, acr: of('acr')[0], said }
}
