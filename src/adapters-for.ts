// The adapters half of wire.ts: one of each outside thing, made from the configuration. Starts nothing, holds no logic.
import { resolve } from 'node:path'
import { askDocument } from './adapters/ask-document.ts'
import { commonPasswords } from './adapters/common-passwords.ts'
import { passkeyFactor } from './adapters/factor-passkey.ts'
import { recoveryCodes } from './adapters/factor-recovery-code.ts'
import { totpFactor } from './adapters/factor-totp.ts'
import { guardedFetch, inRange } from './adapters/fetch-guard.ts'
import { hasher as argon2 } from './adapters/hasher.ts'
import { privateKeyPem, keyMaker as webCryptoKeys } from './adapters/keys.ts'
import { readCertificate } from './adapters/read-certificate.ts'
import { samlVerifier } from './adapters/saml-verify/verifier.ts'
import { loadKeyEncryptionKey, secrets as sealing } from './adapters/secrets.ts'
import { folderSender, smtpSender } from './adapters/sender-mail.ts'
import { signer as es256 } from './adapters/signer.ts'
import { openPostgres } from './adapters/store-sql/postgres.ts'
import { openSqlite } from './adapters/store-sql/sqlite.ts'
import { systemClock, systemRandom } from './adapters/system.ts'
import { oidcInspector } from './adapters/upstream-oidc/inspect.ts'
import { upstreamOidc } from './adapters/upstream-oidc/upstream-oidc.ts'
import { samlInspector } from './adapters/upstream-saml/inspect.ts'
import { upstreamSaml } from './adapters/upstream-saml/upstream-saml.ts'
import { readCatalogue } from './adapters/yaml/catalogue-file.ts'
import { readRoles } from './adapters/yaml/roles-file.ts'
import { type Config, configFault } from './config.ts'
import type { DomainId } from './core/model/ids.ts'
import type { Catalogue } from './core/policy/catalogue.ts'
import { logger } from './edges/log.ts'
import { issuerOf as issuerIn } from './flows/sign-in/find-domain.ts'
import { signallingStore } from './flows/signals/tell.ts'
import { keyRing as keyRingOf } from './flows/upkeep/key-ring.ts'
import type { Store } from './ports/store.ts'

const openStore = (store: Config['store']): Promise<Store> =>
  store.kind === 'postgres' ? openPostgres({ url: store.url }) : openSqlite({ path: store.path })

const catalogueIn = (folder: string) => {
  const read = readCatalogue(folder)
  if ('faults' in read) throw configFault(read.faults)
  return read.catalogue
}

const rolesIn = (folder: string, catalogue: Catalogue) => {
  const read = readRoles(folder, catalogue)
  if ('faults' in read) throw configFault(read.faults)
  return read.roles
}

export const adaptersFor = async (config: Config) => {
  const clock = systemClock
  const random = systemRandom(clock)
  const log = logger({ level: config.log.level, clock })
  const store = signallingStore(await openStore(config.store), { random })
  const secrets = sealing([loadKeyEncryptionKey(config.keys.dir, config.keys.encryptionKey)])
  const hasher = argon2()
  const keyMaker = webCryptoKeys()
  const verifier = samlVerifier()
  const fetch = guardedFetch(config.outgoing)
  const isCommonPassword = commonPasswords(resolve(import.meta.dirname, '../config/common-passwords.txt'))
  const { baseUrl } = config
  const factors = {
    totp: totpFactor({ secrets }),
    passkey: passkeyFactor({ rpId: new URL(baseUrl).hostname, rpName: 'Gwanmun', origins: [baseUrl] }),
    recovery: recoveryCodes({ random, secrets }),
  }
  const mailer =
    config.mail.kind === 'smtp' && config.mail.url !== undefined
      ? smtpSender({ url: config.mail.url, from: config.mail.from })
      : folderSender({ folder: config.mail.folder, name: random.id, print: (line) => log.info(line) })
  const issuerOf = (id: DomainId): Promise<string> =>
    store.read(async (tx) => {
      const domain = await tx.domains.get(id)
      const tenancy = domain && (await tx.tenancies.get(domain.tenancyId))
      if (!domain || !tenancy) throw new Error(`domain ${id} is gone`)
      return issuerIn(baseUrl, tenancy, domain)
    })
  const keyRing = keyRingOf({ store, secrets, pemOf: privateKeyPem })
  const samlUpstream = { verifier, random, issuerOf, keysOf: async (id: DomainId) => (await keyRing(id)).saml }
  const upstreams = {
    saml: upstreamSaml(samlUpstream),
    oidc: upstreamOidc({ fetch, secrets, issuerOf, timeoutSeconds: config.outgoing.timeoutSeconds }),
  }
  const looking = { ask: askDocument(fetch), readCertificate, issuerOf }
  const inspectors = { saml: samlInspector({ ...looking, verifier }), oidc: oidcInspector(looking) }
  const catalogue = catalogueIn(config.catalogueDir)
  return {
    clock,
    random,
    log,
    store,
    secrets,
    hasher,
    keyMaker,
    signer: es256(),
    verifier,
    fetch,
    isCommonPassword,
    inRange,
    factors,
    mailer,
    keyRing,
    samlUpstream,
    upstreams,
    inspectors,
    catalogue,
    roles: rolesIn(config.rolesDir, catalogue),
  }
}
