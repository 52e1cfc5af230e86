// Does an upstream group match a rule? One function per way of matching; nothing here knows our groups.

import { folded } from '../model/folded.ts'
import type { GroupMatch } from '../model/idp.ts'
import { dnMatches, hasLooseStar, parseDn } from './dn.ts'
import { globMatches } from './glob.ts'
import { parseRegex, regexMatches } from './regex.ts'

const fold = (text: string, ignoreCase: boolean): string => (ignoreCase ? text.toLowerCase() : text).normalize('NFC')

/** A matcher ready to be asked many times. A pattern that does not parse matches nothing; `matchFault` says why beforehand. */
export const matcherOf = (match: GroupMatch): ((value: string) => boolean) => {
  switch (match.kind) {
    case 'exact': {
      const wanted = fold(match.value, match.ignoreCase)
      return (value) => fold(value, match.ignoreCase) === wanted
    }
    case 'glob':
      return (value) => globMatches(match.value, value, match.ignoreCase)
    case 'dn': {
      const pattern = parseDn(match.value)
      return (value) => {
        const dn = pattern && parseDn(value)
        return pattern !== undefined && dn !== undefined && dnMatches(pattern, dn)
      }
    }
    case 'regex': {
      const regex = parseRegex(match.value)
      return (value) => 'states' in regex && regexMatches(regex, value)
    }
  }
}

/** Values that match the same exact rule have the same key; what has the same key need not match. */
export const valueKey = (value: string): string => folded(value.normalize('NFC').toLowerCase())
/** What the rule's value can be looked up by; undefined: a pattern, to be tried on every value. */
export const lookedUpBy = (match: GroupMatch): string | undefined =>
  match.kind === 'exact' ? valueKey(match.value) : undefined

const dnFault = (value: string): string | undefined => {
  const dn = parseDn(value)
  if (!dn) return `\`${value}\` is no distinguished name: expected \`CN=…,OU=…,DC=…\``
  return hasLooseStar(dn)
    ? `\`${value}\` has a \`*\` inside a value, where it is no wildcard: use a glob or regex, or write \`\\2A\` for the character`
    : undefined
}

/** What is wrong with a pattern, in words; undefined when nothing is. */
export const matchFault = (match: GroupMatch): string | undefined => {
  if (match.value === '') return 'expected a value to match, found nothing'
  if (match.kind === 'dn') return dnFault(match.value)
  if (match.kind !== 'regex') return undefined
  const regex = parseRegex(match.value)
  return 'fault' in regex ? `${regex.fault} (at character ${regex.at + 1})` : undefined
}
