// One declared noun, written by the writers that a tenancy file is applied with: the same checks, the same rows, the same audit events.

import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { channelOf } from './note-change.ts'
import { bumpSeen, type Run } from './reconcile.ts'

export const applyOne = async <T>(work: Work, apply: (run: Run) => Promise<T>): Promise<T> => {
  const { tx, who, now, random, secrets } = work
  const run: Run = {
    tx,
    random,
    secrets,
    now,
    actor: who.actor,
    tenancyId: who.tenancyId,
    where: (path) => path.join('.'),
    changes: [],
    faults: [],
    waiting: [],
    seen: [],
    details: channelOf(who),
    requestId: who.requestId,
    declared: new Map(),
  }
  const result = await apply(run)
  const [first] = run.faults
  if (first)
    throw new Problem('config-invalid', first.message, {
      reason: 'document',
      fields: run.faults.map(({ where, message }) => ({ field: fieldOf(where), expected: message })),
    })
  await bumpSeen(run)
  return result
}

/** The writers count from the top of a file; the noun itself is all there is here. */
const fieldOf = (where: string): string => where.replace(/^[A-Za-z]+\.0(?:\.|$)/, '') || 'body'
