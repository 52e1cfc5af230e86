// Names compare without case. NFKC first, or `ﬁ` and full-width letters would make a second name that looks the same; again after lowering,
// since lowering may leave combining marks apart.
export const folded = (text: string): string => text.normalize('NFKC').toLowerCase().normalize('NFKC')
