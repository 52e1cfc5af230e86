// Shibboleth SP 3: its own shibd and mod_shib in front of `/private`; `/private/strong` asks for two factors by RequestedAuthnContext.
// https://shibboleth.atlassian.net/wiki/spaces/SP3/pages/2065334723/NativeSPConfiguration
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { idpMetadata, type Site, samlApplication } from '../gateway.ts'
import type { Known } from '../people.ts'
import { echoed, forWebServer, startApache, webAccount } from './apache.ts'
import { newKeyPair } from './key-pair.ts'
import type { Stage } from './run.ts'
import { spMetadata } from './sp-metadata.ts'

const NAME = 'shibboleth'
export const REFEDS_MFA = 'https://refeds.org/profile/mfa'

const loggerOf = (file: string): string =>
  `log4j.rootCategory=INFO, file
log4j.appender.file=org.apache.log4j.FileAppender
log4j.appender.file.fileName=${file}
log4j.appender.file.layout=org.apache.log4j.PatternLayout
log4j.appender.file.layout.ConversionPattern=%d %p %c: %m%n
`

const attributeMap = `<Attributes xmlns="urn:mace:shibboleth:2.0:attribute-map">
${['uid', 'mail', 'displayName', 'groups', 'acr'].map((name) => `<Attribute name="${name}" id="${name}" nameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"/>`).join('\n')}
</Attributes>
`

const configuration = (at: (file: string) => string, entityId: string, site: Site): string =>
  `<SPConfig xmlns="urn:mace:shibboleth:3.0:native:sp:config" xmlns:conf="urn:mace:shibboleth:3.0:native:sp:config" clockSkew="180">
  <OutOfProcess logger="${at('shibd.logger')}"/>
  <InProcess logger="${at('native.logger')}"/>
  <UnixListener address="${at('run/shibd.sock')}"/>
  <StorageService type="Memory" id="mem" cleanupInterval="900"/>
  <SessionCache type="StorageService" StorageService="mem" cacheAllowance="900" inprocTimeout="900" cleanupInterval="900"/>
  <ReplayCache StorageService="mem"/>
  <ArtifactMap artifactTTL="180"/>
  <ApplicationDefaults entityID="${entityId}" REMOTE_USER="uid" signing="true" encryption="false">
    <Sessions lifetime="28800" timeout="3600" relayState="ss:mem" checkAddress="false" handlerSSL="false" cookieProps="http" redirectLimit="exact">
      <SSO entityID="${site.idpEntityId}">SAML2</SSO>
      <Logout>SAML2 Local</Logout>
    </Sessions>
    <Errors supportContact="nobody@example.test"/>
    <MetadataProvider type="XML" validate="true" path="${at('idp.xml')}"/>
    <AttributeExtractor type="XML" validate="true" reloadChanges="false" path="${at('attribute-map.xml')}"/>
    <CredentialResolver type="File" key="${at('sp.key')}" certificate="${at('sp.crt')}"/>
  </ApplicationDefaults>
  <SecurityPolicyProvider type="XML" validate="true" path="/etc/shibboleth/security-policy.xml"/>
  <ProtocolProvider type="XML" validate="true" reloadChanges="false" path="/etc/shibboleth/protocols.xml"/>
</SPConfig>
`

const directives = (configurationFile: string): string => `
UseCanonicalName On
ShibConfig ${configurationFile}
ShibCompatValidUser Off
<Location /Shibboleth.sso>
  AuthType None
  Require all granted
</Location>
<Location /private>
  AuthType shibboleth
  ShibRequestSetting requireSession true
  Require shib-session
</Location>
<Location /private/strong>
  ShibRequestSetting authnContextClassRef ${REFEDS_MFA}
  Require authnContextClassRef ${REFEDS_MFA}
</Location>`

const startShibd = async (stage: Stage): Promise<void> => {
  const at = (file: string): string => join(stage.dir, NAME, file)
  const run = forWebServer(stage.folder(`${NAME}/run`))
  const log = forWebServer(stage.folder(`${NAME}/log`))
  const account = webAccount ? ['-u', webAccount.user, '-g', webAccount.group] : []
  await stage.start({
    name: 'shibd',
    command: '/usr/sbin/shibd',
    args: ['-F', '-f', '-c', at('shibboleth2.xml'), '-p', join(run, 'shibd.pid'), ...account],
    env: { SHIBSP_RUNDIR: run, SHIBSP_LOGDIR: log, SHIBSP_CACHEDIR: run },
    isReady: () => existsSync(join(run, 'shibd.sock')),
    logs: [join(log, 'shibd.log')],
  })
}

export const newShibboleth = async (stage: Stage) => {
  const port = stage.port()
  const base = `http://127.0.0.1:${port}`
  const entityId = `${base}/shibboleth`
  const sso = `${base}/Shibboleth.sso`
  const key = await newKeyPair('shibboleth')
  const at = (file: string): string => join(stage.dir, NAME, file)
  const metadata = spMetadata(
    {
      entityId,
      acs: `${sso}/SAML2/POST`,
      slo: [
        { binding: 'HTTP-Redirect', location: `${sso}/SLO/Redirect` },
        { binding: 'HTTP-POST', location: `${sso}/SLO/POST` },
      ],
    },
    key,
  )
  const metadataFile = stage.write(`${NAME}/sp.xml`, metadata)
  const loggedOut = `${base}/ok.html`
  return {
    privateUrl: `${base}/private`,
    strongUrl: `${base}/private/strong`,
    loggedOut,
    signOutUrl: `${sso}/Logout?return=${encodeURIComponent(loggedOut)}`,
    application: samlApplication(NAME, { entityId, metadataFile, encryptAssertion: true }),
    start: async (site: Site) => {
      stage.write(`${NAME}/sp.key`, key.keyPem)
      stage.write(`${NAME}/sp.crt`, key.certificatePem)
      stage.write(`${NAME}/idp.xml`, await idpMetadata(site))
      stage.write(`${NAME}/shibd.logger`, loggerOf(at('log/shibd.log')))
      stage.write(`${NAME}/native.logger`, loggerOf(at('log/native.log')))
      stage.write(`${NAME}/attribute-map.xml`, attributeMap)
      stage.write(`${NAME}/shibboleth2.xml`, configuration(at, entityId, site))
      await startShibd(stage)
      return startApache(stage, {
        name: NAME,
        port,
        modules: [['mod_shib', 'mod_shib.so']],
        logs: [at('log/shibd.log'), at('log/native.log')],
        directives: directives(at('shibboleth2.xml')),
      })
    },
  }
}

/** Several values come as one, joined with `;`, which is escaped inside them. */
const several = (text = ''): readonly string[] =>
  text
    .split(/(?<!\\);/)
    .filter(Boolean)
    .map((value) => value.replaceAll('\\;', ';'))

export const seenByShibboleth = async (page: Page) => {
  const seen = echoed(await page.locator('body').innerText())
  const person: Known = {
    username: seen.get('uid'),
    email: seen.get('mail'),
    name: seen.get('displayName'),
    groups: several(seen.get('groups')),
  }
  return { person, acr: seen.get('acr'), authnContext: seen.get('Shib_AuthnContext_Class'), seen }
}
