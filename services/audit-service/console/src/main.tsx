import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { applyTheme } from './app/preferences.ts';

applyTheme();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
