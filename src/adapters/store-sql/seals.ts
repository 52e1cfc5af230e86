// The chains over what was recorded. Knows which columns make up a row of each trail, and nothing of digests or signatures.
import { type RawBuilder, sql } from 'kysely'
import type { Arrived, AuditKey, Recorded, Seal, Sealing, Trail } from '../../core/audit/trail.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { Seals } from '../../ports/store-audit.ts'
import type { Db } from './dialect.ts'
import { type DecisionRow, decisionText, type EventRow, eventText } from './recorded.ts'
import { fromBody, toBody } from './text.ts'

type Place = Pick<Recorded, 'seq' | 'id'>

const tables = { event: 'audit_event', decision: 'decision_record' } as const
const columns = {
  event: ['action', 'actor_key', 'target_key', 'domain_id', 'outcome', 'request_key'],
  decision: ['compartment_id', 'allow'],
} as const

const recorded = (row: Place & { readonly tenancy_id: string; readonly at: number }, text: string): Recorded => ({
  seq: row.seq,
  id: row.id,
  tenancyId: row.tenancy_id as TenancyId,
  at: row.at,
  text,
})

/** The rows of a trail that answer to what comes after `where`. */
const rowsBy = (db: Db) => {
  const heads = (trail: Trail) =>
    sql`select ${sql.join(['seq', 'id', 'tenancy_id', 'at', 'body', ...columns[trail]].map((c) => sql.ref(c)))}
      from ${sql.table(tables[trail])} where `
  return async (trail: Trail, rest: ReturnType<typeof sql>): Promise<readonly Recorded[]> => {
    const query = sql`${heads(trail)}${rest}`
    if (trail === 'event')
      return (await (query as RawBuilder<EventRow & Place>).execute(db)).rows.map((row) =>
        recorded(row, eventText(row)),
      )
    return (await (query as RawBuilder<DecisionRow & Place>).execute(db)).rows.map((row) =>
      recorded(row, decisionText(row)),
    )
  }
}

type ArrivedRow = {
  readonly seq: number
  readonly tenancy_id: string
  readonly at: number
  readonly digest: string | null
}
const arrivedOf = ({ seq, tenancy_id, at, digest }: ArrivedRow): Arrived => ({
  seq,
  tenancyId: tenancy_id as TenancyId,
  at,
  digest: digest ?? undefined,
})

const RANGES_AT_ONCE = 100

const rowsOf = (db: Db): Pick<Seals, 'arrived' | 'numbered' | 'within' | 'count' | 'walk' | 'forget'> => {
  const rows = rowsBy(db)
  return {
    arrived: async (trail, seq, limit) => {
      const found = await sql<ArrivedRow>`select seq, tenancy_id, at, digest from ${sql.table(tables[trail])}
        where seq > ${seq} order by seq limit ${limit}`.execute(db)
      return found.rows.map(arrivedOf)
    },
    numbered: async (trail, seqs) =>
      seqs.length === 0 ? [] : rows(trail, sql`seq in (${sql.join(seqs)}) order by seq`),
    within: async (trail, ranges) => {
      const found: Arrived[] = []
      for (let from = 0; from < ranges.length; from += RANGES_AT_ONCE) {
        const tests = ranges.slice(from, from + RANGES_AT_ONCE).map(([a, b]) => sql`seq between ${a} and ${b}`)
        const some = await sql<ArrivedRow>`select seq, tenancy_id, at, digest from ${sql.table(tables[trail])}
          where (${sql.join(tests, sql` or `)}) order by seq`.execute(db)
        found.push(...some.rows.map(arrivedOf))
      }
      return found.sort((a, b) => a.seq - b.seq)
    },
    count: async (trail, tenancy, through) => {
      const counted = await sql<{ n: number }>`select count(*) as n from ${sql.table(tables[trail])}
        where tenancy_id = ${tenancy} and seq <= ${through}`.execute(db)
      return Number(counted.rows[0]?.n ?? 0)
    },
    walk: (trail, tenancy, { after, through, limit }) => {
      const behind = after ? sql`and (at, seq) > (${after.at}, ${after.seq})` : sql``
      return rows(trail, sql`tenancy_id = ${tenancy} ${behind} and seq <= ${through} order by at, seq limit ${limit}`)
    },
    forget: async (trail, tenancy, seqs) => {
      if (seqs.length === 0) return 0
      const gone = await sql`delete from ${sql.table(tables[trail])}
        where seq in (${sql.join(seqs)}) and tenancy_id = ${tenancy}`.execute(db)
      return Number(gone.numAffectedRows ?? 0n)
    },
  }
}

type Signed = Pick<Seal, 'body' | 'kid' | 'signature'>
/** What is no JSON any more was signed by nobody; that is for whoever verifies to say, and keeps nobody from sealing. */
const signedIn = (text: string): Signed => {
  try {
    const { body, kid, signature } = fromBody<Signed>(text)
    return { body: String(body), kid: String(kid), signature: String(signature) }
  } catch {
    return { body: text, kid: '', signature: '' }
  }
}
const nowhere: Sealing = { version: 0, through: 0, gaps: [], holder: '', until: 0, chains: '' }
const sealingIn = (text: string): Sealing => {
  try {
    const sealing = fromBody<Sealing>(text)
    return Number.isSafeInteger(sealing.through) && Array.isArray(sealing.gaps) ? sealing : nowhere
  } catch {
    return nowhere
  }
}

const sealingOf = (db: Db): Pick<Seals, 'sealing' | 'saveSealing'> => ({
  sealing: async (trail) => {
    const row = await db
      .selectFrom('audit_sealing')
      .select(['version', 'body'])
      .where('trail', '=', trail)
      .executeTakeFirst()
    return row && { ...sealingIn(row.body), version: row.version }
  },
  saveSealing: async (trail, sealing) => {
    const next = { version: sealing.version + 1, body: toBody(sealing) }
    if (sealing.version === 0) {
      const first = await db
        .insertInto('audit_sealing')
        .values({ trail, ...next })
        .onConflict((clash) => clash.doNothing())
        .executeTakeFirst()
      return (first.numInsertedOrUpdatedRows ?? 0n) > 0n ? 'saved' : 'stale'
    }
    const saved = await db
      .updateTable('audit_sealing')
      .set(next)
      .where('trail', '=', trail)
      .where('version', '=', sealing.version)
      .executeTakeFirst()
    return saved.numUpdatedRows > 0n ? 'saved' : 'stale'
  },
})

const chainsOf = (
  db: Db,
): Pick<Seals, 'add' | 'list' | 'newest' | 'drop' | 'checkpoint' | 'chains' | 'putCheckpoint'> => {
  const checkpoints = db.selectFrom('audit_checkpoint').select('body')
  return {
    add: async ({ tenancyId, trail, n, at, hash, body: sealed, kid, signature }) => {
      const body = toBody({ body: sealed, kid, signature })
      await db.insertInto('audit_seal').values({ tenancy_id: tenancyId, trail, n, at, hash, body }).execute()
    },
    list: async (trail, tenancyId, afterN, limit) => {
      const found = await db
        .selectFrom('audit_seal')
        .select(['n', 'at', 'hash', 'body'])
        .where('tenancy_id', '=', tenancyId)
        .where('trail', '=', trail)
        .where('n', '>', afterN)
        .orderBy('n')
        .limit(limit)
        .execute()
      return found.map(({ body, ...row }): Seal => ({ tenancyId, trail, ...row, ...signedIn(body) }))
    },
    newest: async (trail, tenancy) => {
      const row = await db
        .selectFrom('audit_seal')
        .select('n')
        .where('tenancy_id', '=', tenancy)
        .where('trail', '=', trail)
        .orderBy('n', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row?.n ?? 0
    },
    drop: async (trail, tenancy, n) => {
      await db
        .deleteFrom('audit_seal')
        .where('tenancy_id', '=', tenancy)
        .where('trail', '=', trail)
        .where('n', '<=', n)
        .execute()
    },
    checkpoint: async (trail, tenancy) => {
      const row = await checkpoints.where('tenancy_id', '=', tenancy).where('trail', '=', trail).executeTakeFirst()
      return row && signedIn(row.body)
    },
    chains: async (trail) => {
      const found = await db
        .selectFrom('audit_checkpoint')
        .select('tenancy_id')
        .where('trail', '=', trail)
        .orderBy('tenancy_id')
        .execute()
      return found.map((row) => row.tenancy_id as TenancyId)
    },
    putCheckpoint: async (trail, tenancy, checkpoint) => {
      const body = toBody(checkpoint)
      await db
        .insertInto('audit_checkpoint')
        .values({ tenancy_id: tenancy, trail, body })
        .onConflict((clash) => clash.columns(['tenancy_id', 'trail']).doUpdateSet({ body }))
        .execute()
    },
  }
}

const keysOf = (db: Db): Pick<Seals, 'keys' | 'addKey'> => ({
  keys: async (tenancyId) => {
    const found = await db
      .selectFrom('audit_key')
      .select(['id', 'created_at', 'private_sealed'])
      .where('tenancy_id', '=', tenancyId)
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    return found.map(
      ({ id, created_at, private_sealed }): AuditKey => ({
        id,
        tenancyId,
        createdAt: created_at,
        privateSealed: private_sealed,
      }),
    )
  },
  addKey: async ({ id, tenancyId, createdAt, privateSealed }) => {
    await db
      .insertInto('audit_key')
      .values({ id, tenancy_id: tenancyId, created_at: createdAt, private_sealed: privateSealed })
      .execute()
  },
})

export const seals = (db: Db): Seals => ({ ...rowsOf(db), ...sealingOf(db), ...chainsOf(db), ...keysOf(db) })
