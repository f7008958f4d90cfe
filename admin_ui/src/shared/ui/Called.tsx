import i18next from 'i18next'

/** A customer in one line: the nickname, and what the member calls them. Many customers have the same nickname. */
export function calledAs(name: string, remark: string | null | undefined): string {
  if (!remark || remark === name) return name || i18next.t('common.unnamed')
  return i18next.language === 'en-US' ? `${name} (${remark})` : `${name}（${remark}）`
}

interface CalledProps {
  name: string
  remark?: string | null | undefined
}

/** The same with the remark set back, wherever a customer is named. */
export function Called({ name, remark }: CalledProps) {
  const own = name || i18next.t('common.unnamed')
  return remark && remark !== name ? (
    <>
      <span>{own}</span> <span className="s-remark">{remark}</span>
    </>
  ) : (
    <>{own}</>
  )
}

interface Follow {
  userid: string
  remark: string
  status: string
  added_at: string
}

const live = (follow: Follow): boolean => follow.status === 'active' || follow.status === 'half'

/** The remark to show of several: that of the relation that is meant, the reader's own, then that of who follows. */
export function remarkOf(follows: readonly Follow[], me: string | null, meant?: Follow | null): string {
  if (meant?.remark) return meant.remark
  const worth = (follow: Follow): number =>
    (me !== null && follow.userid.toLowerCase() === me.toLowerCase() ? 2 : 0) + Number(live(follow))
  const [first] = follows
    .filter((follow) => follow.remark)
    .sort((a, b) => worth(b) - worth(a) || b.added_at.localeCompare(a.added_at))
  return first?.remark ?? ''
}
