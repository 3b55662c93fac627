{{- define "mstv.migrationLabels" -}}
{{- merge (dict "app.kubernetes.io/name" (printf "%s-migrate" .name) "app.kubernetes.io/component" "migration") .labels | toYaml }}
{{- end }}

{{/* The specification of the Job: `include "mstv.migration" (list $ $process $labels)`. */}}
{{- define "mstv.migration" -}}
{{- $root := index . 0 }}
{{- $process := index . 1 -}}
backoffLimit: 6
template:
  metadata:
    {{- include "mstv.podMetadata" (list $root (index . 2) dict) | nindent 4 }}
  spec:
    {{- include "mstv.podFields" $root | nindent 4 }}
    serviceAccountName: {{ $process.fullname }}
    restartPolicy: Never
    containers:
      - name: migrate
        {{- include "mstv.containerFields" $root | nindent 8 }}
        args: [migrate]
        # not from the ConfigMap: a Job of a former version must not read the settings of this one
        env:
          {{- range $variable, $value := $process.migrationSettings }}
          - name: {{ $variable }}
            value: {{ quote $value }}
          {{- end }}
          {{- with include "mstv.optionalSecrets" (list $root $process.optionalSecrets) | fromJsonArray }}
          {{- toYaml . | nindent 10 }}
          {{- end }}
        resources:
          {{- toYaml $process.resources | nindent 10 }}
        volumeMounts:
          {{- include "mstv.volumeMounts" $root | nindent 10 }}
    volumes:
      {{- include "mstv.volumes" (list $root $process) | nindent 6 }}
{{- end }}
