// The pages of a first sign-in: is this account yours, where do we reach you, the terms, the profile. What is shown of the account is read
// from the sign-in and cannot be edited.
import { countries, timeZones } from '../../core/journey/profile.ts'
import type { Language } from './language.ts'
import type { Drawn, Shown } from './step-page.ts'

export type OnboardingStep = 'confirm-account' | 'contact-email' | 'accept-terms' | 'complete-profile'

const choices = new Map<Language, readonly { readonly code: string; readonly name: string }[]>()
/** Countries by the name that the reader knows, in the reader's order. */
const countriesIn = (language: Language) => {
  const made = choices.get(language)
  if (made) return made
  const names = new Intl.DisplayNames(language, { type: 'region' })
  const order = new Intl.Collator(language)
  const all = countries
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((a, b) => order.compare(a.name, b.name))
  choices.set(language, all)
  return all
}

const titles = {
  'confirm-account': 'onboarding.confirm.title',
  'contact-email': 'onboarding.contact.title',
  'accept-terms': 'onboarding.terms.title',
  'complete-profile': 'onboarding.profile.title',
} as const

export const onboardingPage = ({ view, values, with: chosen }: Shown, step: OnboardingStep): Drawn => ({
  view: step,
  title: ({ say }) => say(titles[step]),
  scripts: ['forms.js'],
  data: ({ language, rich }) => {
    const shown = view.onboarding
    const sentTo = chosen === 'other-address' ? undefined : shown?.codeSentTo
    return {
      ...shown,
      sentTo,
      sentText: sentTo && rich('onboarding.contact.sent', { email: sentTo }),
      termsText: shown?.terms?.text[language],
      countries: step === 'complete-profile' ? countriesIn(language) : [],
      timeZones: step === 'complete-profile' ? timeZones : [],
      values: {
        email: shown?.contactEmail ?? '',
        name: shown?.name ?? '',
        country: '',
        phone: '',
        time_zone: '',
        ...values,
      },
    }
  },
})
