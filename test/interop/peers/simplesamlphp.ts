// SimpleSAMLphp 1.19 as a company's SAML identity provider, with a sign-in form of its own. What it says of its people can change while it
// runs. https://simplesamlphp.org/docs/1.19/simplesamlphp-idp
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { TestPerson } from '../people.ts'
import { forWebServer, startApache } from './apache.ts'
import { newKeyPair } from './key-pair.ts'
import type { Stage } from './run.ts'

const NAME = 'simplesamlphp'
const library = '/usr/share/simplesamlphp'

/** How it treats one service provider. */
export type Treatment = {
  readonly encrypt?: boolean
  /** The authentication context class that it claims for everybody. */
  readonly authnContextClass?: string
}

const fromJson = (file: string): string => `json_decode(file_get_contents('${file}'), true)`

const settings = (at: (file: string) => string, base: string, port: number, salt: string) => ({
  baseurlpath: `${base}/`,
  certdir: `${at('cert')}/`,
  loggingdir: `${at('log')}/`,
  datadir: `${at('data')}/`,
  tempdir: at('tmp'),
  metadatadir: `${at('metadata')}/`,
  attributenamemapdir: '/etc/simplesamlphp/attributemap/',
  technicalcontact_name: 'nobody',
  technicalcontact_email: 'nobody@example.test',
  timezone: 'UTC',
  secretsalt: salt,
  'auth.adminpassword': salt,
  'admin.checkforupdates': false,
  'trusted.url.domains': null,
  showerrors: true,
  errorreporting: false,
  'logging.level': 6,
  'logging.handler': 'file',
  'logging.logfile': 'simplesamlphp.log',
  'enable.saml20-idp': true,
  'module.enable': { core: true, saml: true, exampleauth: true },
  'session.duration': 28800,
  // Cookies of 127.0.0.1 are shared by every port, and its own defaults need https.
  'session.cookie.name': `SSPID${port}`,
  'session.phpsession.cookiename': `SSP${port}`,
  'session.authtoken.cookiename': `SSPAuth${port}`,
  'session.cookie.secure': false,
  'session.cookie.samesite': null,
  'session.phpsession.savepath': at('sessions'),
  'language.available': ['en'],
  'language.default': 'en',
  'language.cookie.secure': false,
  'language.cookie.samesite': null,
  'theme.use': 'default',
  'store.type': 'phpsession',
  'metadata.sources': [{ type: 'flatfile' }],
})

/** Every metadata file in `trusted/`, with the treatment that lies beside it. */
const remoteSps = (trusted: string): string => `<?php
foreach (glob('${trusted}/*.xml') as $file) {
  $sp = \\SimpleSAML\\Metadata\\SAMLParser::parseFile($file)->getMetadata20SP();
  $metadata[$sp['entityid']] = array_merge($sp, json_decode(file_get_contents("$file.json"), true));
}
`

/** Itself, as metadata of its own. */
const hosted = (base: string) => ({
  [`${base}/idp`]: {
    host: '__DEFAULT__',
    privatekey: 'idp.key',
    certificate: 'idp.crt',
    auth: 'users',
    NameIDFormat: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
    'attributes.NameFormat': 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
    'signature.algorithm': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'sign.logout': true,
    authproc: { 10: { class: 'saml:PersistentNameID', attribute: 'uid' } },
  },
})

const directives = (at: (file: string) => string): string => `
SetEnv SIMPLESAMLPHP_CONFIG_DIR ${at('config')}
php_admin_value session.save_path ${at('sessions')}
php_admin_value error_log ${at('log/php.log')}
Alias /simplesaml ${library}/www
<Directory ${library}/www>
  Require all granted
</Directory>
<FilesMatch \\.php$>
  SetHandler application/x-httpd-php
</FilesMatch>`

/** As it keeps them: options of one service provider. */
const optionsOf = ({ encrypt = false, authnContextClass }: Treatment) => ({
  ...(encrypt ? { 'assertion.encryption': true } : {}),
  ...(authnContextClass === undefined
    ? {}
    : { authproc: { 20: { class: 'saml:AuthnContextClassRef', AuthnContextClassRef: authnContextClass } } }),
})

export const newSimpleSamlPhp = async (stage: Stage) => {
  const port = stage.port()
  const origin = `http://127.0.0.1:${port}`
  const base = `${origin}/simplesaml`
  const at = (file: string): string => join(stage.dir, NAME, file)
  const key = await newKeyPair('simplesamlphp')
  return {
    origin,
    metadataUrl: `${base}/saml2/idp/metadata.php`,
    /** Ends its own session and tells every service provider of it. */
    signOutUrl: `${base}/saml2/idp/SingleLogoutService.php?ReturnTo=${encodeURIComponent(`${origin}/ok.html`)}`,
    signedOut: `${origin}/ok.html`,
    /** Its people from now on. */
    people: (people: readonly TestPerson[]) => {
      const accounts = people.map((p) => [
        `${p.username}:${p.password}`,
        { uid: [p.username], mail: [p.email], displayName: [p.name], groups: p.groups },
      ])
      const users = { 0: 'exampleauth:UserPass', ...Object.fromEntries(accounts) }
      stage.write(`${NAME}/people.json`, JSON.stringify(users))
    },
    trust: async (name: string, metadataUrl: string, treatment: Treatment = {}) => {
      stage.write(`${NAME}/trusted/${name}.xml.json`, JSON.stringify(optionsOf(treatment)))
      stage.write(`${NAME}/trusted/${name}.xml`, await (await fetch(metadataUrl)).text())
    },
    start: async () => {
      for (const folder of ['log', 'data', 'tmp', 'sessions']) forWebServer(stage.folder(`${NAME}/${folder}`))
      stage.write(`${NAME}/cert/idp.key`, key.keyPem)
      stage.write(`${NAME}/cert/idp.crt`, key.certificatePem)
      const salt = randomBytes(24).toString('hex')
      const config = stage.write(`${NAME}/config/config.json`, JSON.stringify(settings(at, base, port, salt)))
      stage.write(`${NAME}/config/config.php`, `<?php $config = ${fromJson(config)};`)
      stage.write(
        `${NAME}/config/authsources.php`,
        `<?php $config = ['admin' => ['core:AdminPassword'], 'users' => ${fromJson(at('people.json'))}];`,
      )
      const hostedFile = stage.write(`${NAME}/metadata/hosted.json`, JSON.stringify(hosted(base)))
      stage.write(`${NAME}/metadata/saml20-idp-hosted.php`, `<?php $metadata = ${fromJson(hostedFile)};`)
      stage.write(`${NAME}/metadata/saml20-sp-remote.php`, remoteSps(at('trusted')))
      return startApache(stage, {
        name: NAME,
        port,
        threads: false,
        modules: [['php_module', 'libphp8.2.so']],
        logs: [at('log/simplesamlphp.log'), at('log/php.log')],
        directives: directives(at),
      })
    },
  }
}

export const signInAtSimpleSamlPhp = async (page: Page, person: TestPerson): Promise<void> => {
  await page.locator('#username').fill(person.username)
  await page.locator('#password').fill(person.password)
  await page.locator('#submit_button').click()
}
