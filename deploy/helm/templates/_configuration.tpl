{{/* Entries of `env`, as a JSON array: `include "mstv.optionalSecrets" (list $ $process.optionalSecrets)`. */}}
{{- define "mstv.optionalSecrets" -}}
{{- $root := index . 0 }}
{{- $env := list }}
{{- range index . 1 }}
  {{- $reference := dict "name" $root.Values.secret.name "key" .key "optional" true }}
  {{- $env = append $env (dict "name" .variable "valueFrom" (dict "secretKeyRef" $reference)) }}
{{- end }}
{{- toJson $env }}
{{- end }}

{{/* `include "mstv.volumes" (list $ $process)` */}}
{{- define "mstv.volumes" -}}
{{- $root := index . 0 }}
{{- $process := index . 1 -}}
- name: secrets
  secret:
    secretName: {{ $root.Values.secret.name }}
    items:
      {{- range $process.secrets }}
      - key: {{ .key }}
        path: {{ .variable }}
      {{- end }}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- with $root.Values.pod.volumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* `include "mstv.volumeMounts" $` */}}
{{- define "mstv.volumeMounts" -}}
- name: secrets
  mountPath: /run/secrets/nestjs-mstv
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- with .Values.pod.volumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}
