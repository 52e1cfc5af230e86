// Is a profile one that can be kept? Countries and time zones are those that the language itself knows.
import { isDisplayName, type Profile } from '../model/person.ts'

export type ProfileFault = 'name-malformed' | 'country-unknown' | 'phone-malformed' | 'time-zone-unknown'

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const named = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
/** ISO 3166-1 alpha-2; codes that stand for no country (EU, UN, user-assigned ones) are left out, and those of countries that go by another now. */
const noCountries = new Set(['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ'])
const isOfToday = (code: string): boolean => new Intl.Locale(`und-${code}`).region === code
export const countries: readonly string[] = letters
  .flatMap((a) => letters.map((b) => a + b))
  .filter((code) => named.of(code) !== undefined && !noCountries.has(code) && isOfToday(code))
const known = new Set(countries)

export const timeZones: readonly string[] = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].sort()
const zones = new Set(timeZones)

export const profileFault = (name: string, { country, phone, timeZone }: Profile): ProfileFault | undefined => {
  if (!isDisplayName(name)) return 'name-malformed'
  if (!known.has(country)) return 'country-unknown'
  if (!/^\+?[\d ()./-]{5,30}$/.test(phone) || phone.replace(/\D/g, '').length < 5) return 'phone-malformed'
  return zones.has(timeZone) ? undefined : 'time-zone-unknown'
}
