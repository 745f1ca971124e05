#include "pipeline/key_rules.h"

// Keys of jobs, settings, command steps and what hangs below them (pipeline-yaml.md 1 and 2).
namespace batchmill::pipeline {

namespace {

using enum ValueKind;

void append(std::vector<KeyRule>& keys, std::vector<KeyRule> more) {
  for (KeyRule& rule : more) keys.push_back(std::move(rule));
}

std::vector<KeyRule> describing_keys() {
  return {
      KeyRow("display_name", kFreeText, "Name for people; need not be unique.").like("my job"),
      KeyRow("description", kFreeText, "What it is for."),
      KeyRow("tags", kTextMap, "Free names and values to find it by."),
      KeyRow("properties", kTextMap, "Free names and values, kept with the job."),
  };
}

std::vector<KeyRule> job_naming_keys() {
  return {
      KeyRow("$schema", kAny, "For editors; without meaning here.").ignored(),
      KeyRow("name", kText, "Name of the job, unique in the workspace; generated when absent.")
          .like("digits_1"),
      KeyRow("experiment_name", kText, "Groups jobs.").standard("name of the working directory"),
  };
}

std::vector<KeyRule> unused_keys() {
  return {
      KeyRow("identity", kAny, "Whose rights read and write data; yours, here.").ignored(),
      KeyRow("services", kAny, "Interactive endpoints; without effect.").ignored(),
  };
}

// Written by `job show`; a file that was made from its output is taken as it is.
std::vector<KeyRule> output_only_keys() {
  return {
      KeyRow("status", kAny, "Output of `job show`; dropped.").ignored(),
      KeyRow("id", kAny, "Output of `job show`; dropped.").ignored(),
      KeyRow("creation_context", kAny, "Output of `job show`; dropped.").ignored(),
      KeyRow("log_files", kAny, "Output of `job show`; dropped.").ignored(),
  };
}

std::vector<KeyRule> inline_command_keys() {
  return {
      KeyRow("type", kText, "Kind of the step.").standard("command").like("command"),
      KeyRow("command", kTemplate, "Line or lines for bash.").required("python train.py"),
      KeyRow("code", kText, "Folder (or file) that is copied and becomes the working directory.")
          .like("./src")
          .bindable(),
      KeyRow("environment", kTextOrMapping,
             "Decides which Python runs: a reference, or image and conda_file.")
          .required("azureml:my-environment:1"),
      KeyRow("environment_variables", kTextMap, "Set for the process.").bindable(),
      KeyRow("inputs", kNamed, "Literals and data that the command reads."),
      KeyRow("outputs", kNamed, "Data that the command writes."),
      KeyRow("compute", kText, "Where it runs.")
          .standard("settings.default_compute, else this machine")
          .like("azureml:cpu-cluster")
          .bindable(),
      KeyRow("resources", kMapping, "Nodes.").holds(MappingKind::kResources),
      KeyRow("limits", kMapping, "When it is ended.").holds(MappingKind::kLimits),
      KeyRow("distribution", kMapping, "How several processes find each other.")
          .holds(MappingKind::kDistribution)
          .whole(),
      KeyRow("queue_settings", kAny, "Tier and priority; without effect.").ignored(),
  };
}

}  // namespace

std::vector<KeyRule> pipeline_job_keys() {
  std::vector<KeyRule> keys = {
      KeyRow("type", kText, "Kind of the job.").required("pipeline"),
      KeyRow("jobs", kNamed, "The steps, by name.").required("{step: {command: ...}}"),
      KeyRow("inputs", kNamed, "Literals and data that steps bind."),
      KeyRow("outputs", kNamed, "Data that steps write, promoted to the job."),
      KeyRow("settings", kMapping, "For all steps.").holds(MappingKind::kSettings),
      KeyRow("compute", kText, "The same as settings.default_compute.").like("azureml:cpu-cluster"),
  };
  append(keys, job_naming_keys());
  append(keys, describing_keys());
  append(keys, unused_keys());
  append(keys, output_only_keys());
  append(keys, {KeyRow("component", kAny, "A pipeline component as the job.")
                    .later("write the steps under 'jobs'"),
                KeyRow("schedule", kAny, "When it runs.").later("start the job with cron"),
                KeyRow("trigger", kAny, "Of a schedule.").later("start the job with cron"),
                KeyRow("create_job", kAny, "Of a schedule.").later("submit that file itself")});
  return keys;
}

std::vector<KeyRule> command_job_keys() {
  std::vector<KeyRule> keys = inline_command_keys();
  append(keys, job_naming_keys());
  append(keys, describing_keys());
  append(keys, unused_keys());
  append(keys, output_only_keys());
  return keys;
}

std::vector<KeyRule> settings_keys() {
  return {
      KeyRow("default_compute", kText, "Compute of steps that name none.")
          .like("azureml:cpu-cluster"),
      KeyRow("default_datastore", kText, "Where outputs without a path go.")
          .standard("workspaceblobstore")
          .like("azureml:workspaceblobstore"),
      KeyRow("continue_on_step_failure", kBoolean,
             "Steps that do not depend on a failed one still run; false stops everything.")
          .standard("true"),
      KeyRow("force_rerun", kBoolean, "Never take results of earlier jobs.").standard("false"),
      KeyRow("on_init", kText, "Step that runs first.")
          .later("let the other steps read an output of that step"),
      KeyRow("on_finalize", kText, "Step that runs last.")
          .later("let that step read outputs of the others"),
  };
}

std::vector<KeyRule> command_step_keys() {
  std::vector<KeyRule> keys = inline_command_keys();
  append(keys, describing_keys());
  append(keys, {KeyRow("comment", kFreeText, "For readers of the file."),
                KeyRow("name", kAny, "The key of the step is its name.").ignored(),
                KeyRow("experiment_name", kAny, "The experiment is the pipeline's.").ignored(),
                KeyRow("is_deterministic", kAny, "Whether results may be reused.").ignored()});
  append(keys, unused_keys());
  append(keys,
         {KeyRow("component", kTextOrMapping,
                 "A component file, or the component itself: gives what the step does not say.")
              .like("./train.yml")});
  return keys;
}

std::vector<KeyRule> resources_keys() {
  return {
      KeyRow("instance_count", kInteger, "Number of nodes.")
          .standard("1")
          .like("1")
          .between(1, kMostInteger)
          .unset_by(-1)
          .bindable(),
      KeyRow("instance_type", kAny, "Size of a node.").ignored(),
      KeyRow("shm_size", kText, "Shared memory of a container.").ignored(),
      KeyRow("docker_args", kAny, "Arguments of docker run.").ignored(),
      KeyRow("max_instance_count", kAny, "Without effect.").ignored(),
      KeyRow("locations", kAny, "Without effect.").ignored(),
      KeyRow("properties", kAny, "Without effect.").ignored(),
  };
}

std::vector<KeyRule> limits_keys() {
  return {KeyRow("timeout", kInteger, "Seconds after which the step is ended.")
              .standard("none")
              .like("3600")
              .between(1, kMostInteger)
              .bindable()};
}

std::vector<KeyRule> distribution_keys() {
  return {
      KeyRow("type", kChoice, "Kind of distribution.")
          .required("pytorch")
          .one_of({"pytorch", "mpi", "tensorflow", "ray"}),
      KeyRow("process_count_per_instance", kInteger, "Processes on each node; 1 in this version.")
          .standard("1")
          .like("1")
          .between(1, kMostInteger)
          .bindable(),
      KeyRow("worker_count", kInteger, "Workers; 1 in this version.")
          .standard("instance_count")
          .like("1")
          .between(1, kMostInteger)
          .bindable(),
      KeyRow("parameter_server_count", kInteger, "Parameter servers; 0 in this version.")
          .standard("0")
          .like("0")
          .between(0, kMostInteger)
          .bindable(),
  };
}

std::vector<KeyRule> input_keys() {
  return {
      KeyRow("type", kChoice, "What lies at the path.")
          .standard("uri_folder")
          .like("uri_folder")
          .one_of({"uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model",
                   "triton_model"}),
      KeyRow("path", kTemplate, "Where it lies: a path, a URI, or an expression.").like("./data"),
      KeyRow("mode", kChoice, "How the step gets it.")
          .standard("ro_mount")
          .like("ro_mount")
          .one_of({"ro_mount", "mount", "download", "direct", "eval_mount", "eval_download",
                   "rw_mount", "upload"}),
      KeyRow("value", kAny, "A literal, instead of type and path.").like("10"),
      KeyRow("description", kFreeText, "What it is for."),
      KeyRow("datastore", kAny, "Where a local path would be uploaded.").ignored(),
  };
}

std::vector<KeyRule> output_keys() {
  return {
      KeyRow("type", kChoice, "What is written.")
          .standard("uri_folder")
          .like("uri_folder")
          .one_of({"uri_file", "uri_folder", "mltable", "mlflow_model", "custom_model",
                   "triton_model"}),
      KeyRow("mode", kChoice, "How it gets there.")
          .standard("rw_mount")
          .like("rw_mount")
          .one_of({"rw_mount", "mount", "upload", "direct", "ro_mount", "download", "eval_mount",
                   "eval_download"}),
      KeyRow("path", kTemplate, "Where it goes: a folder or file, or a datastore URI.")
          .standard("azureml/<step job>/<output> on the default datastore")
          .like("./results"),
      KeyRow("description", kFreeText, "What it is for."),
      KeyRow("name", kText, "Registers the result as an asset of that name.")
          .later("give the output a path and use that"),
      KeyRow("version", kText, "Version of the registered asset.").later("remove it"),
  };
}

std::vector<KeyRule> environment_keys() {
  return {
      KeyRow("image", kText, "Container image; recorded.").like("python:3.11"),
      KeyRow("conda_file", kTextOrMapping, "Conda file, or its content; recorded.")
          .like("./conda.yml"),
      KeyRow("build", kMapping, "Build context; recorded.").holds(MappingKind::kBuild),
      KeyRow("name", kText, "Recorded."),
      KeyRow("version", kText, "Recorded."),
      KeyRow("$schema", kAny, "For editors; without meaning here.").ignored(),
      KeyRow("description", kFreeText, "Recorded."),
      KeyRow("tags", kTextMap, "Recorded."),
      KeyRow("properties", kTextMap, "Recorded."),
      KeyRow("os_type", kAny, "Without effect.").ignored(),
      KeyRow("inference_config", kAny, "Without effect.").ignored(),
      KeyRow("datastore", kAny, "Without effect.").ignored(),
  };
}

std::vector<KeyRule> build_keys() {
  return {
      KeyRow("path", kText, "Folder with the Dockerfile.").required("./docker"),
      KeyRow("dockerfile_path", kText, "Its name in the folder.").standard("Dockerfile"),
  };
}

}  // namespace batchmill::pipeline
