import { useLocation, useNavigate, type Location } from 'react-router'

/** Gives the page that stands another address, as a new draft gets once it is kept: what is typed in it stays. */
export function useReaddress(): (address: string) => void {
  const navigate = useNavigate()
  const here = useLocation()
  return (address) => void navigate(address, { replace: true, state: { standing: here.pathname } })
}

/** The same for two addresses of one standing page, another for each other page. */
export function standingPage(location: Location): string {
  const state = location.state as { standing?: string } | null
  return state?.standing ?? location.pathname
}
