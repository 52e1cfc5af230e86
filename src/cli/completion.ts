// `gwanmun completion bash|zsh|fish`: a script for the shell, made of the commands that there are, so that completing asks nobody and starts nothing.
import { Argument, Command } from 'commander'
import type { Shell } from './house.ts'
import { example } from './print.ts'

const shells = ['bash', 'zsh', 'fish'] as const
type Kind = (typeof shells)[number]

/** Where one can stand: the words typed so far, and what may come next. */
type Stand = { readonly words: string; readonly next: readonly { readonly word: string; readonly what: string }[] }

type Hidden = { readonly _hidden?: boolean }
const isShown = (command: Command): boolean => (command as unknown as Hidden)._hidden !== true
const firstLine = (text: string): string => (text.split('\n')[0] ?? '').replace(/['"\\`$\p{Cc}]/gu, '')

const standsOf = (command: Command, words: readonly string[]): readonly Stand[] => {
  const commands = command.commands.filter(isShown)
  const options = command.options.filter((o) => !o.hidden && o.long !== undefined)
  const next = [
    ...commands.map((c) => ({ word: c.name(), what: firstLine(c.description()) })),
    ...options.map((o) => ({ word: o.long ?? '', what: firstLine(o.description) })),
    { word: '--help', what: 'what is expected' },
  ]
  return [{ words: words.join(' '), next }, ...commands.flatMap((c) => standsOf(c, [...words, c.name()]))]
}

/** Words that are no option, as far as they name commands. */
const WALK = (separator: string): string => `  for word in "\${typed[@]}"; do
    case "$word" in -*) continue;; esac
    case " $known " in *" $at${separator}$word "*) at="$at${separator}$word";; esac
  done`

const keyOf = (words: string): string => (words === '' ? 'gwanmun' : `gwanmun/${words.replaceAll(' ', '/')}`)

const posix = (stands: readonly Stand[], typed: string, give: string, name: string): string => `${name}() {
  local at=gwanmun word known next
  local -a typed
  typed=(${typed})
  known="${stands.map(({ words }) => keyOf(words)).join(' ')}"
${WALK('/')}
  case "$at" in
${stands.map(({ words, next }) => `    ${keyOf(words)}) next="${next.map((n) => n.word).join(' ')}";;`).join('\n')}
  esac
  ${give}
}`

const bash = (stands: readonly Stand[]): string => `${posix(
  stands,
  `"\${COMP_WORDS[@]:1:COMP_CWORD-1}"`,
  `COMPREPLY=($(compgen -W "$next" -- "\${COMP_WORDS[COMP_CWORD]}"))`,
  '_gwanmun',
)}
complete -o default -F _gwanmun gwanmun`

const zsh = (stands: readonly Stand[]): string => `#compdef gwanmun
${posix(stands, `"\${words[@]:1:CURRENT-2}"`, `compadd -- \${=next}`, '_gwanmun')}
compdef _gwanmun gwanmun`

const fish = (stands: readonly Stand[]): string =>
  [
    'function __gwanmun_at',
    '  set -l at gwanmun',
    `  set -l known ${stands.map(({ words }) => keyOf(words)).join(' ')}`,
    '  for word in (commandline -opc)[2..-1]',
    '    contains -- "$at/$word" $known; and set at "$at/$word"',
    '  end',
    '  test "$at" = "$argv[1]"',
    'end',
    'complete -c gwanmun -f',
    ...stands.flatMap(({ words, next }) =>
      next.map(({ word, what }) => {
        const named = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`
        return `complete -c gwanmun -n '__gwanmun_at ${keyOf(words)}' ${named} -d '${what}'`
      }),
    ),
  ].join('\n')

const scripts: { readonly [kind in Kind]: (stands: readonly Stand[]) => string } = { bash, zsh, fish }

export const completionCommand = (shell: Shell, root: Command): Command =>
  new Command('completion')
    .description('a script that completes commands in your shell')
    .addArgument(new Argument('<shell>', 'which one').choices(shells))
    .addHelpText(
      'after',
      example(
        'source <(gwanmun completion bash)',
        `gwanmun completion zsh > "\${fpath[1]}/_gwanmun"`,
        'gwanmun completion fish > ~/.config/fish/completions/gwanmun.fish',
      ),
    )
    .action((kind: Kind) => shell.out(scripts[kind](standsOf(root, []))))
