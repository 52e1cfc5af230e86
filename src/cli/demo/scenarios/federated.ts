// People of the corporate providers: group mapping both ways, one sign-in for both protocols, upstream factors honoured or completed,
// and sign-out everywhere.
import type { SamlIdp } from '../declaration.ts'
import { enrolTotp } from './local.ts'
import { enter, expectThat, groupNames, oidcApp, passwordOf, type Scenario, type Stage, samlApp } from './stage.ts'

const carol = 'carol@corp.example'
const company = (stage: Stage): SamlIdp =>
  stage.demo.declared.demo.standIns.find((s): s is SamlIdp => s.kind === 'saml-idp') as SamlIdp
const setUpstreamGroups = (stage: Stage, groups: readonly string[]) =>
  fetch(`${company(stage).url}/people/${encodeURIComponent(carol)}/groups`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(groups),
  })

const corporateSaml: Scenario = {
  id: 'c',
  title:
    'corporate SAML person: groups mapped many-to-many, both applications with one sign-in; a group dropped upstream is gone, a direct one stays',
  play: async (stage) => {
    const visitor = await enter(stage)
    await visitor.openSaml()
    await visitor.chooseIdp('corp-saml')
    await visitor.atCompany(carol)
    expectThat(stage, 'signed in at the SAML application', visitor.at(samlApp(stage)), visitor.page.url())
    const first = (await visitor.samlClaims())?.groups ?? []
    for (const group of ['employees', 'developers'])
      expectThat(stage, `one upstream group became ${group}`, first.includes(group), first)
    expectThat(stage, 'two upstream groups became operators', first.includes('operators'), first)
    expectThat(stage, 'the direct membership auditors is there', first.includes('auditors'), first)
    await visitor.openOidc()
    expectThat(
      stage,
      'the OpenID Connect application opens without another sign-in',
      visitor.at(oidcApp(stage)),
      visitor.page.url(),
    )
    expectThat(
      stage,
      'it is told the same groups',
      groupNames(await visitor.claims()).join() === [...first].sort().join(),
      groupNames(await visitor.claims()),
    )
    await visitor.openOidc('/decision/3')
    expectThat(
      stage,
      'operators may deploy to production (live decision)',
      await visitor.has('[data-decision="true"]'),
      await visitor.text(),
    )
    await visitor.openOidc('/sign-out')
    await visitor.close()

    await setUpstreamGroups(stage, ['CORP-Engineering'])
    const again = await enter(stage)
    await again.openOidc()
    await again.identify(carol)
    expectThat(stage, 'the e-mail domain leads to the company', again.at(company(stage).url), again.page.url())
    await again.atCompany(carol)
    const now = groupNames(await again.claims())
    expectThat(stage, 'operators is gone', !now.includes('operators'), now)
    expectThat(stage, 'auditors, given directly, stays', now.includes('auditors') && now.includes('developers'), now)
    await again.openOidc('/decision/3')
    expectThat(
      stage,
      'and production is refused at once',
      await again.has('[data-decision="false"]'),
      await again.text(),
    )
    await setUpstreamGroups(stage, company(stage).people.find((p) => p.username === carol)?.groups ?? [])
    await again.close()
  },
}

const corporateOidc: Scenario = {
  id: 'd',
  title: 'corporate OpenID Connect people: who did two factors there is not asked again, who did not is',
  play: async (stage) => {
    const erin = await enter(stage)
    await erin.openOidc()
    await erin.chooseIdp('corp-oidc')
    await erin.atCompany('erin')
    expectThat(stage, 'two factors upstream: straight in', erin.at(oidcApp(stage)), erin.page.url())
    expectThat(stage, 'acr says two factors', (await erin.claims())?.acr === 'urn:gwanmun:acr:2', await erin.claims())
    await erin.close()
    const frank = await enter(stage)
    await frank.openOidc()
    await frank.chooseIdp('corp-oidc')
    await frank.atCompany('frank')
    await enrolTotp(stage, frank)
    expectThat(
      stage,
      'one factor upstream: the second was asked here',
      (await frank.claims())?.acr === 'urn:gwanmun:acr:2',
      await frank.claims(),
    )
    await frank.close()
  },
}

const signOutEverywhere: Scenario = {
  id: 'g',
  title: 'sign-out at one application ends the session for both',
  play: async (stage) => {
    const visitor = await enter(stage)
    await visitor.openOidc()
    await visitor.identify('heidi')
    await visitor.password(passwordOf(stage, 'heidi'))
    if (await visitor.has('#otp')) throw new Error('heidi has no second factor demanded')
    await visitor.openSaml()
    expectThat(
      stage,
      'the SAML application opens with the same session',
      visitor.at(samlApp(stage)),
      visitor.page.url(),
    )
    await visitor.openOidc('/sign-out')
    expectThat(
      stage,
      'the SAML application has forgotten her',
      (await visitor.samlClaims()) === null,
      await visitor.samlClaims(),
    )
    await visitor.openSaml('/silent')
    expectThat(
      stage,
      'and IsPassive is answered with NoPassive',
      (await visitor.text()).includes('NoPassive'),
      await visitor.text(),
    )
    await visitor.openOidc('/silent')
    expectThat(
      stage,
      'prompt=none is answered with login_required',
      (await visitor.text()).includes('login_required'),
      await visitor.text(),
    )

    await visitor.openSaml()
    await visitor.identify('heidi')
    await visitor.password(passwordOf(stage, 'heidi'))
    await visitor.openOidc()
    expectThat(
      stage,
      'the other way round: signed in at both',
      visitor.at(oidcApp(stage)) && (await visitor.claims()) !== null,
      visitor.page.url(),
    )
    await visitor.openSaml('/sign-out')
    await visitor.openOidc('/silent')
    expectThat(
      stage,
      'SAML sign-out ended the OpenID Connect side',
      (await visitor.text()).includes('login_required'),
      await visitor.text(),
    )
    await visitor.close()
  },
}

export const federatedScenarios: readonly Scenario[] = [corporateSaml, corporateOidc, signOutEverywhere]
