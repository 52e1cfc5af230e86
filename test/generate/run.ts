// `npm run generate`: writes what is generated from the OpenAPI document.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { artefacts } from './artefacts.ts'

for (const { path, text } of artefacts()) {
  writeFileSync(join(import.meta.dirname, '../..', path), text)
  process.stdout.write(`${path}: ${text.split('\n').length} lines\n`)
}
