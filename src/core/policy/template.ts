// What template engines leave behind in a text that was never filled in.

const left = /\$\{[^}]*\}|\{\{[^}]*\}\}|<%[^%]*%>|<[A-Za-z_][A-Za-z0-9_ .-]*>|^%[sdv]$/

export const templateIn = (text: string): string | undefined => left.exec(text)?.[0]
