// What must not work, and what must survive: forged and stolen answers, a foreign ACS, a killed gateway.
import { codesOf } from '../browser.ts'
import { enter, expectThat, oidcApp, passwordOf, type Scenario, type Stage, samlApp } from './stage.ts'

const post = (url: string, fields: Record<string, string>) =>
  fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields),
  })

const reasonIn = (html: string): string => /id="reason"[^>]*>([^<]*)</.exec(html)?.[1]?.trim() ?? ''

const refusals: Scenario = {
  id: 'h',
  title: 'forged and foreign messages are refused with a named reason',
  play: async (stage: Stage) => {
    const issuer = stage.demo.issuer('default')
    const unsigned = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${issuer}/federation/corp-saml/acs"><saml:Issuer>x</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:Response>`
    const forged = await post(`${issuer}/federation/corp-saml/acs`, {
      SAMLResponse: Buffer.from(unsigned).toString('base64'),
      RelayState: 'x',
    })
    const reason = reasonIn(await forged.text())
    expectThat(
      stage,
      'an unsigned SAML answer: 4xx and a reason code',
      forged.status >= 400 && forged.status < 500 && reason !== '',
      { status: forged.status, reason },
    )

    const foreign = await fetch(`${samlApp(stage)}/foreign-acs`)
    expectThat(
      stage,
      'a foreign ACS: 4xx and a reason code',
      foreign.status >= 400 && foreign.status < 500,
      foreign.status,
    )
    const why = reasonIn(await foreign.text())
    expectThat(stage, 'the reason names the ACS', why.includes('acs'), why)

    const openRedirect = await fetch(
      `${issuer}/authorize?client_id=sample-oidc&response_type=code&scope=openid&redirect_uri=http://evil.example/`,
      { redirect: 'manual' },
    )
    expectThat(
      stage,
      'a redirect URI nobody registered: 4xx, no redirect',
      openRedirect.status >= 400 && openRedirect.status < 500,
      openRedirect.status,
    )

    const anonymous = await fetch(
      `${stage.demo.gatewayUrl}/t/${stage.demo.declared.tenancy.name}/access/v1/evaluation`,
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
    )
    expectThat(stage, 'a decision without a token: 401', anonymous.status === 401, anonymous.status)
  },
}

const survivesKill: Scenario = {
  id: 'i',
  title: 'the gateway is killed between two steps: the same browser goes on',
  play: async (stage) => {
    const admin = await enter(stage)
    await admin.openOidc()
    await admin.identify('admin')
    await stage.demo.restartGateway('SIGKILL')
    await admin.password(passwordOf(stage, 'admin'))
    expectThat(
      stage,
      'killed after the user name: the password is accepted',
      await admin.has('#totp-secret'),
      await admin.text(),
    )
    const secret = (await admin.page.locator('#totp-secret').innerText()).trim()
    const codes = codesOf(secret)
    await stage.demo.restartGateway('SIGKILL')
    await admin.fill({ otp: await codes.next() })
    await admin.submit('enrol-totp')
    expectThat(
      stage,
      'killed while the QR code was shown: the code is accepted',
      await admin.has('#recovery-codes'),
      await admin.text(),
    )
    await stage.demo.restartGateway('SIGKILL')
    await admin.submit('keep-codes')
    expectThat(stage, 'killed before the last step: signed in', admin.at(oidcApp(stage)), admin.page.url())
    await stage.demo.restartGateway('SIGKILL')
    await admin.openOidc('/silent')
    expectThat(stage, 'the session is still there', !(await admin.has('#error')), await admin.text())
    await admin.close()
  },
}

const withoutScript: Scenario = {
  id: 'j',
  title: 'everything but passkeys works without JavaScript, and in Korean',
  play: async (stage) => {
    const heidi = await enter(stage, { javaScript: false, locale: 'ko-KR' })
    await heidi.openOidc()
    expectThat(stage, 'the page is in Korean', (await heidi.page.locator('html').getAttribute('lang')) === 'ko')
    await heidi.identify('heidi')
    await heidi.password(`${passwordOf(stage, 'heidi')}x`)
    expectThat(stage, 'a wrong password is said in words', await heidi.has('[role="alert"]'), await heidi.text())
    await heidi.password(passwordOf(stage, 'heidi'))
    expectThat(stage, 'signed in', heidi.at(oidcApp(stage)), heidi.page.url())
    await heidi.openOidc('/decision/0')
    expectThat(
      stage,
      'without groups every decision is no',
      await heidi.has('[data-decision="false"]'),
      await heidi.text(),
    )
    await heidi.close()
  },
}

export const attackedScenarios: readonly Scenario[] = [refusals, survivesKill, withoutScript]
