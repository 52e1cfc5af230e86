// `gwanmun <noun> <verb>`: the commands that operations.json makes possible. A noun that nobody named has a name and a line of help, no more.
import { Command, InvalidArgumentError, Option } from 'commander'
import { stringify } from 'yaml'
import { connectionOptions } from '../account/connect.ts'
import type { Shell } from '../house.ts'
import { example, formatOption } from '../print.ts'
import { argumentsOf, type Nouns, type Operation, placesOf, wordOf } from './operations.ts'
import { type Flags, run } from './run.ts'

const count = (text: string): number => {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw new InvalidArgumentError('expected a number of rows')
  return Number(text)
}

const listOptions = (command: Command, { list }: Operation): void => {
  if (!list) return
  if (list.filter)
    command
      .option('--filter <tests>', 'only rows that pass, for example `name sw "fin" and system eq false`')
      .option('--sort <attribute>', 'in the order of an attribute; `-` before it turns it round')
  if (list.limit) command.addOption(new Option('--limit <rows>', 'at most so many (default: 50)').argParser(count))
  if (list.next !== undefined) command.option('--all', 'all of them, page by page')
  command.option('--columns <names>', 'what a table shows, with commas between')
}

const exampleArgument = ({ name }: Operation, param: string, last: boolean): string => {
  const value = last && name !== undefined ? name : wordOf(param).toUpperCase()
  return /\s/.test(value) ? `'${value}'` : value
}
/** What a file with one of them would be called. */
const oneOf = (noun: string): string => noun.replace(/ies$/, 'y').replace(/s$/, '')
const exampleOf = (operation: Operation): readonly string[] => {
  const { noun, verb, body, list, conditional } = operation
  const names = argumentsOf(operation)
  const named = names.map((param, n) => exampleArgument(operation, param, n === names.length - 1))
  const plain = ['gwanmun', noun, verb, ...named].join(' ')
  if (list) return [plain, ...(list.filter ? [`${plain} --filter '${list.columns[1] ?? 'id'} pr' --all -o json`] : [])]
  if (body) return [`${plain} -f ${oneOf(noun)}.yaml`, `${plain} --data '${JSON.stringify(body.example)}'`]
  return [plain, ...(conditional && verb === 'delete' ? [`${plain} --if-match '"…"'`] : [])]
}
const helpOf = (operation: Operation): string => {
  const { body, needs } = operation
  const document = body ? `\nDocument:\n${stringify(body.example).trimEnd().replace(/^/gm, '  ')}\n` : ''
  return `${document}${example(...exampleOf(operation))}\n\nNeeds ${needs.join(' or ')}.`
}

const verbCommand = (shell: Shell, operation: Operation): Command => {
  const { verb, summary, query = [], body, conditional, method } = operation
  const command = connectionOptions(new Command(verb).description(summary))
  const names = argumentsOf(operation)
  for (const param of names) command.argument(`<${wordOf(param)}>`)
  for (const place of placesOf(operation))
    command.option(
      `--${place} <name>`,
      place === 'domain' ? 'default: that of the profile' : 'a path or an id (default: `root`)',
    )
  for (const { name, what, values } of query) {
    const option = new Option(`--${wordOf(name)} <value>`, what ?? '')
    command.addOption(values ? option.choices([...values]) : option)
  }
  listOptions(command, operation)
  if (body)
    command
      .option('-f, --file <file>', 'the document, as YAML or JSON; `-` for standard input')
      .option('--data <json>', 'the document')
  if (conditional) command.option('--if-match <etag>', 'only if it is still what it was')
  if (conditional && method === 'PUT') command.option('--create', 'only if it is not there')
  return command
    .addOption(formatOption())
    .addHelpText('after', () => helpOf(operation))
    .action(async (...given: unknown[]) => {
      const flags = given[names.length] as Flags
      await run(shell, operation, given.slice(0, names.length) as string[], flags)
    })
}

export const nounCommand = (shell: Shell, noun: string, operations: readonly Operation[], whole: boolean): Command => {
  const command = new Command(noun).description(operations.map((o) => o.verb).join(', '))
  if (whole) for (const operation of operations) command.addCommand(verbCommand(shell, operation))
  return command
}

/** A noun that has commands of its own gets the verbs that these leave. */
export const addVerbs = (shell: Shell, command: Command, operations: readonly Operation[]): void => {
  const taken = command.commands.map((c) => c.name())
  for (const operation of operations)
    if (!taken.includes(operation.verb)) command.addCommand(verbCommand(shell, operation))
}

/** @param named the noun of the command line; undefined: help, which names all */
export const nounCommands = (shell: Shell, nouns: Nouns, named: string | undefined, all: boolean): readonly Command[] =>
  [...nouns].map(([noun, operations]) => nounCommand(shell, noun, operations, all || noun === named))
