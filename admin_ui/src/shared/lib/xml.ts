/** XML with one element per line, for reading; text stays as it came. */
export function prettyXml(xml: string): string {
  const parts = xml.match(/<!\[CDATA\[[\s\S]*?\]\]>|<[^>]+>|[^<]+/g) ?? []
  const lines: string[] = []
  let depth = 0
  let open = ''
  for (const part of parts) {
    const closing = part.startsWith('</')
    const tag = part.startsWith('<') && !part.startsWith('<![CDATA[')
    if (!tag) {
      if (part.trim()) open += part.trim()
    } else if (closing) {
      depth -= 1
      lines.push('  '.repeat(depth) + (open ? open + part : part))
      open = ''
      continue
    } else {
      if (open) lines.push('  '.repeat(depth - 1) + open)
      open = part
      if (part.endsWith('/>') || part.startsWith('<?')) {
        lines.push('  '.repeat(depth) + part)
        open = ''
      } else {
        depth += 1
      }
    }
  }
  if (open) lines.push(open)
  return lines.join('\n')
}
