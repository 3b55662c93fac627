{{/* On the port of OpenShift too. */}}
{{- define "mstv.egressToDns" -}}
- ports:
    {{- range $protocol := list "UDP" "TCP" }}
    - { protocol: {{ $protocol }}, port: 53 }
    - { protocol: {{ $protocol }}, port: 5353 }
    {{- end }}
{{- end }}

{{/* `include "mstv.egressToServer" (list $ $server)`. .Values.networkPolicy.servers says where it is. */}}
{{- define "mstv.egressToServer" -}}
{{- $root := index . 0 }}
{{- $server := index . 1 }}
{{- $place := get $root.Values.networkPolicy.servers $server.name | default dict -}}
- ports:
    {{- range $place.ports | default $server.ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
  {{- with $place.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
