// Moments on the command line, in the form that statements write them.
import { InvalidArgumentError } from 'commander'
import { instantOf } from '../../core/policy/condition.ts'

export const timeOf = (text: string): number => {
  const at = instantOf(text)
  if (at === undefined) throw new InvalidArgumentError('expected a time in UTC such as 2030-01-16T12:00:00Z')
  return at
}
