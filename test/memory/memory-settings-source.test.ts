import { settingsSourceBehaviour } from '../platform/dynamic/settings-source.behaviour.js';
import { MemorySettingsSource } from './memory-settings-source.js';

settingsSourceBehaviour(
  'settings of this process',
  async () => {
    const source = new MemorySettingsSource('memory');
    return { source, set: async (key, text) => source.set(key, text), close: () => source.close() };
  },
  false,
);
