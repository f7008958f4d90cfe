import './console.css'

import { createBrowserRouter } from 'react-router'
import { RouterProvider } from 'react-router/dom'

import { start } from '@/shared/ui/start'

import { ConsoleRoutes } from './routes'

// A data router, since only there a page can hold back somebody who leaves it with unsaved changes.
start(<RouterProvider router={createBrowserRouter([{ path: '*', element: <ConsoleRoutes /> }])} />)
