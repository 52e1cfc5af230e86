// The main job on the embedded store: one gateway, one file.
import { playAll } from './play.ts'

playAll('SQLite, one node', async () => undefined, false)
