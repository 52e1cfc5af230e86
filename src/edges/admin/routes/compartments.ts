// Compartments: the tree that policies are inherited along. Named by their path from below the root, `Prod:Web`.
import { z } from 'zod'
import type { Compartment } from '../../../core/model/tenancy.ts'
import type { Place, Tree } from '../../../core/policy/tree.ts'
import type { Demand, Target } from '../../../flows/access/permits.ts'
import { moveCompartment, putCompartment, removeCompartment } from '../../../flows/directory/write-compartments.ts'
import type { Tx } from '../../../ports/store.ts'
import { Problem } from '../../../problem.ts'
import { compartmentIdOf, compartmentNamed, pathOf, placeNamed, ROOT, targetAt, treeIn } from '../in-compartment.ts'
import type { Noun, There } from '../noun.ts'
import { actionRoute } from '../noun-act.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Route } from '../route.ts'
import { description, name, reference, tags } from '../shapes.ts'

type Body = { readonly description: string; readonly tags: { readonly [key: string]: string } }
/** The tree, and where a path that leads nowhere yet would hang. */
type Scope = { readonly tree: Tree; readonly rows: ReadonlyMap<string, Compartment> }

const segments = (path: string): readonly string[] => path.split(':')
/** The last of the path's compartments that is there. */
const nearest = (tree: Tree, path: string): Place | undefined => {
  const names = segments(path)
  for (let count = names.length - 1; count > 0; count--) {
    const place = tree.byPath.get(names.slice(0, count).join(':').toLowerCase())
    if (place) return place
  }
  return tree.root
}
const parentOf = (tree: Tree, path: string): Place => {
  const above = segments(path).slice(0, -1).join(':')
  const place = above === '' ? tree.root : tree.byPath.get(above.toLowerCase())
  if (!place) throw new Problem('not-found', `there is no compartment \`${above}\`: make it first`)
  return place
}

/** Names, or one name when it is renamed; `root` means the root. */
const pathShape = z
  .string()
  .refine((path) => path.toLowerCase() !== ROOT, 'the name `root` means the root compartment')
  .superRefine((path, issues) => {
    for (const segment of segments(path)) {
      const [fault] = name.safeParse(segment).error?.issues ?? []
      if (fault) issues.addIssue({ code: 'custom', message: `\`${segment.slice(0, 100)}\`: ${fault.message}` })
    }
  })

const body = { description: 'The web tier', tags: { 'org.stage': 'production' } }

export const compartment: Noun<Compartment, Scope, Body> = {
  tag: 'compartments',
  one: 'compartment',
  path: '/compartments',
  itemPath: '/compartments/{compartment}',
  resourceType: 'compartments',
  operations: {
    list: 'ListCompartments',
    get: 'GetCompartment',
    create: 'CreateCompartment',
    update: 'UpdateCompartment',
    delete: 'DeleteCompartment',
  },
  scope: async (tx, { compartment: called }, tenancy) => {
    const rows = new Map((await tx.compartments.list({ tenancyId: tenancy.id })).map((row) => [String(row.id), row]))
    const tree = await treeIn(tx, tenancy)
    const near = called === undefined ? tree.root : nearest(tree, called)
    return { scope: { tree, rows }, place: { compartmentId: near?.id } }
  },
  find: async (_tx, { tree, rows }, called) => rows.get(placeNamed(tree, called)?.id ?? ''),
  rows: async (_tx, { rows }) => [...rows.values()],
  idOf: (row) => row.id,
  nameOf: (row) => row.name,
  target: (_tx, row) => targetAt(row.id, row, { tags: row.tags }),
  view: z.strictObject({
    id: z.string(),
    name: z.string(),
    path: z.string().describe('`root`, or names joined by `:`'),
    parentId: z.string().optional(),
    depth: z.int().describe('levels below the root, at most 6'),
    description: z.string(),
    tags: z.record(z.string(), z.string()),
  }),
  summary: ['id', 'name', 'path', 'parentId', 'depth', 'description'],
  show: (_tx, row, { tree }) => ({
    id: row.id,
    name: row.name,
    path: pathOf(tree, row.id),
    ...(row.parentId === undefined ? {} : { parentId: row.parentId }),
    depth: (tree.byId.get(row.id)?.chain.length ?? 1) - 1,
    description: row.description,
    tags: row.tags ?? {},
  }),
  nameShape: pathShape,
  body: z.strictObject({ description, tags }),
  write: (work, { scope, before, name: called, body }) => {
    const parentId = before ? undefined : compartmentIdOf(parentOf(scope.tree, called))
    const last = segments(called).at(-1) ?? ''
    if (before && last !== called)
      throw new Problem('config-invalid', 'a new name has no `:` in it; `move` puts it elsewhere', { reason: 'shape' })
    return putCompartment(work, before, { ...body, name: last, parentId })
  },
  remove: (work, row) => removeCompartment(work, row),
  example: {
    body,
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      name: 'Web',
      path: 'Prod:Web',
      parentId: '01JCXM4ZV7Q2T8N5R3W6Y9B0KC',
      depth: 2,
      ...body,
    },
  },
}

const moving = (compartmentId: string, target: Omit<Target, 'compartmentId'>): Demand => ({
  permission: { operation: 'MoveCompartment', resourceType: 'compartments' },
  target: { ...target, compartmentId },
})
/** Out of one compartment and into another: a Deny or a missing Allow in either holds it where it is. */
const bothSides = async (
  _tx: Tx,
  { row, scope }: There<Compartment, Scope>,
  { to }: { readonly to: string },
): Promise<readonly Demand[]> => {
  const destination = placeNamed(scope.tree, to)
  const sides = [row.parentId, destination?.id].filter((id) => id !== undefined)
  return sides.map((id) => moving(id, { id: row.id, name: row.name, tags: row.tags }))
}

export const compartmentRoutes: readonly Route[] = [
  ...nounRoutes(compartment),
  actionRoute(compartment, {
    path: '/move',
    operation: 'MoveCompartment',
    summary: 'Move a compartment, with everything below it, into another',
    body: z.strictObject({ to: reference.describe('`root`, a path or an id') }),
    bodyExample: { to: 'Test' },
    answers: [
      { status: 200, description: 'Moved', schema: compartment.view, example: compartment.example.view, etag: true },
    ],
    also: bothSides,
    run: async (work, { row, scope, body, flows }) => {
      const parentId = compartmentNamed(scope.tree, body.to)
      return moveCompartment(work, row, parentId, flows.policyLimits)
    },
  }),
]
