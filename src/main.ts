// registers the signal handlers before anything else is loaded
import './apps/stop-signals.js';

const { start } = await import('./apps/start.js');
await start();
