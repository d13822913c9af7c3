{{/* Labels and names. Arguments of each: a dict of "root" (the chart's $) and "component" (the program's name). */}}

{{/* What selects a component's pods. Immutable in a workload once it is created: nothing that changes may be added. */}}
{{- define "common.selector" -}}
app.kubernetes.io/name: {{ .component }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{/* Labels of every object and pod. The chart's version is left out: it would restart every pod with each release. */}}
{{- define "common.labels" -}}
{{ include "common.selector" . }}
app.kubernetes.io/part-of: {{ .root.Chart.Name }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{/* Metadata of an object; "name" where it is not the component's. */}}
{{- define "common.metadata" -}}
name: {{ .name | default .component }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "common.labels" . | nindent 2 }}
{{- end }}
