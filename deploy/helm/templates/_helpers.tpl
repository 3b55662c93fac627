{{/* `include "mstv.fullname" (list $ "user-service")`. The release is cut, not the end, which says what the object is. */}}
{{- define "mstv.fullname" -}}
{{- $root := index . 0 }}
{{- $prefix := default $root.Release.Name $root.Values.fullnameOverride | trunc 24 | trimSuffix "-" }}
{{- if not (regexMatch "^[a-z]([a-z0-9-]*[a-z0-9])?$" $prefix) }}
{{- $rule := "Choose a release name or fullnameOverride of a to z, 0 to 9 and - that begins with a letter." }}
{{- printf "%s cannot begin the name of a Service. %s" $prefix $rule | fail }}
{{- end }}
{{- printf "%s-%s" $prefix (index . 1) }}
{{- end }}

{{/* On every pod of the release, and on nothing else in the namespace. */}}
{{- define "mstv.releaseLabels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: {{ .Chart.Name }}
{{- end }}

{{/* Never part of a selector, which cannot change. */}}
{{- define "mstv.chartLabels" -}}
app.kubernetes.io/version: {{ include "mstv.tag" . | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 }}
{{- end }}

{{/* Of an object of the whole release: `include "mstv.metadata" (list $ "deny-all")`. */}}
{{- define "mstv.metadata" -}}
name: {{ include "mstv.fullname" . }}
labels:
  {{- include "mstv.releaseLabels" (index . 0) | nindent 2 }}
  {{- include "mstv.chartLabels" (index . 0) | nindent 2 }}
{{- end }}

{{/* Of an object of one process: `include "mstv.processMetadata" (list $ $process)`. */}}
{{- define "mstv.processMetadata" -}}
{{- $process := index . 1 -}}
name: {{ $process.fullname }}
labels:
  {{- toYaml $process.labels | nindent 2 }}
  {{- include "mstv.chartLabels" (index . 0) | nindent 2 }}
{{- end }}

{{- define "mstv.tag" -}}
{{- default .Chart.AppVersion .Values.image.tag }}
{{- end }}

{{- define "mstv.image" -}}
{{- .Values.image.repository }}{{ with .Values.image.digest }}@{{ . }}{{ else }}:{{ include "mstv.tag" . }}{{ end }}
{{- end }}
