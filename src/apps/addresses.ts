/** Where a process listens; a protocol it does not serve is absent. */
export interface Addresses {
  /** `http://127.0.0.1:3000` */
  readonly http: string;
  /** `127.0.0.1:50051` */
  readonly grpc?: string;
  /** `mqtt://127.0.0.1:1883`: the embedded broker's, or the one that MQTT_URL names. */
  readonly mqtt?: string;
}
