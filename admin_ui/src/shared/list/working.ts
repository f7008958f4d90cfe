/** What a page with a list begins with: its address, its kind, how it looks, and what to ask the service for. */
import { useQuery } from '@tanstack/react-query'

import { resource } from '@/api/resource'

import { useListAddress } from './address'
import { useKind } from './kind'
import { useLook } from './memory'

export type Working = ReturnType<typeof useWorkingList>

interface Options {
  /** Under which this browser remembers how the list looks. */
  name: string
  path: string
  /** Its named filters, as `useFilters` takes them. */
  filters: readonly string[]
  /** Its kind of record, where it has one. */
  kind?: string
}

export function useWorkingList({ name, path, filters, kind: kindName }: Options) {
  const address = useListAddress(path, filters)
  const kind = useKind(kindName)
  // Beside the kind and the list, not after.
  const views = useQuery({ ...resource('views').list('', { kind: kindName }), enabled: kindName !== undefined, staleTime: 30_000 })
  const [look, setLook] = useLook(name)
  const said = address.params.get('columns')
  const columns = said ? said.split(',') : look.columns
  // A column that the service no longer has would be refused, and with it the list.
  const cells = (kind?.fields ?? []).filter(({ key, column }) => column && columns?.includes(key)).map(({ key }) => key)
  return {
    address,
    kind,
    views: views.data?.items ?? [],
    density: look.density,
    columns,
    chooseColumns: (keys: string[] | null) => {
      setLook({ columns: keys })
      if (said) address.change({ columns: undefined })
    },
    chooseDensity: (density: typeof look.density) => setLook({ density }),
    asked: { ...address.values, ...address.asked, columns: cells.join(',') },
    /** Whether all that is to be asked with is known. */
    enabled: !columns || !kindName || kind !== undefined,
  }
}
