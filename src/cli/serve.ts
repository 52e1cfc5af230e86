// `gwanmun serve`: bring the schema up to date, apply the declared tenancies, listen until told to stop.
import { Command } from 'commander'
import { migrateStore, type Shell } from './house.ts'
import { holdMemory, releaseMemory } from './memory.ts'
import { example } from './print.ts'

export const serveCommand = (shell: Shell): Command =>
  new Command('serve')
    .description('start the gateway')
    .option('--no-migrate', 'do not bring the schema of the store up to date first; refuse to start when it is not')
    .addHelpText(
      'after',
      example('gwanmun serve', 'GWANMUN_BASE_URL=https://login.example.com gwanmun serve --set listen.port=8443'),
    )
    .action(async (options: { readonly migrate: boolean }) => {
      holdMemory()
      const { config } = shell.config()
      const { refuseFailingTests } = await import('./tests/before-apply.ts')
      refuseFailingTests(shell, config) // what a start applies is held to the same tests as `gwanmun apply`
      if (options.migrate) await migrateStore(config.store, 'up')
      const house = await shell.open(config)
      shell.onStop(house.stop)
      try {
        releaseMemory()
        const { url } = await house.start()
        shell.err(`gwanmun listens on ${url}; people use ${config.baseUrl}`)
      } catch (thrown) {
        await house.stop()
        throw thrown
      }
    })
