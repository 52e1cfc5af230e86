// The few static files of the pages: one style sheet, two small scripts, one icon. Read once; the address carries a digest, so browsers may
// keep them for ever and a new release is seen at once. No file name from a request ever reaches the disk.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import express, { type Router } from 'express'

const types = {
  'pages.css': 'text/css; charset=utf-8',
  'forms.js': 'text/javascript; charset=utf-8',
  'passkey.js': 'text/javascript; charset=utf-8',
  'gate.svg': 'image/svg+xml',
} as const
export type AssetName = keyof typeof types

const read = (name: AssetName) => {
  const bytes = readFileSync(new URL(`static/${name}`, import.meta.url))
  return { bytes, digest: createHash('sha256').update(bytes).digest('hex').slice(0, 12) }
}
const files = Object.fromEntries(Object.keys(types).map((name) => [name, read(name as AssetName)])) as {
  readonly [N in AssetName]: ReturnType<typeof read>
}

/** The digest is in the query, not in the path: two releases side by side both answer for either. */
export const assetUrl = (name: AssetName): string => `/static/${name}?v=${files[name].digest}`

/** Mounted at the root: `/static/…`. */
export const staticEdge = (): Router => {
  const router = express.Router()
  for (const name of Object.keys(types) as AssetName[])
    router.get(`/static/${name}`, (_req, res) => {
      res.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
      res.setHeader('Content-Type', types[name])
      res.end(files[name].bytes)
    })
  return router
}
