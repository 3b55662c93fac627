import { MemorySettingsSource } from '../../../src/platform/dynamic/memory-settings-source.js';
import { settingsSourceBehaviour } from './settings-source.behaviour.js';

settingsSourceBehaviour(
  'settings of this process',
  async () => {
    const source = new MemorySettingsSource('memory');
    return { source, set: async (key, text) => source.set(key, text), close: () => source.close() };
  },
  false,
);
