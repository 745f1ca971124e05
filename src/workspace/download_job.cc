#include "workspace/download_job.h"

#include "base/text.h"
#include "pipeline/plan_json.h"
#include "workspace/paths.h"

namespace batchmill::workspace {

namespace {

std::string path_of(const FoundJob& job, const std::string& step, const std::string& output) {
  for (const StepRecord& record : job.record.steps) {
    if (record.step != step) continue;
    const auto found = record.outputs.find(output);
    if (found != record.outputs.end()) return found->second;
  }
  return "";
}

class Download {
 public:
  Download(const FoundJob& job, const std::string& to, Files& files)
      : job_(job), to_(to), files_(files) {}

  Result<void> artifacts() {
    const std::string target = to_ + "/artifacts";
    if (job_.step.empty()) {
      BM_TRY(copy_if_there(job_.folder.root() + "/logs", target + "/logs"));
      BM_TRY(copy_if_there(job_.folder.root() + "/system_logs", target + "/system_logs"));
      for (const StepRecord& step : job_.record.steps) {
        BM_TRY(step_artifacts(step.step, target + "/" + step.step));
      }
    } else {
      BM_TRY(step_artifacts(job_.step, target));
    }
    return wrote(target);
  }

  Result<void> output(const JobOutput& output) {
    const std::string target = to_ + "/named-outputs/" + output.name;
    BM_ASSIGN(const FileStatus status, files_.status(output.path));
    BM_TRY(files_.make_folders(target));
    const bool is_folder = status.kind == FileKind::kFolder;
    BM_TRY(files_.copy_tree(output.path,
                            is_folder ? target : target + "/" + last_part_of(output.path)));
    return wrote(target);
  }

  std::vector<std::string> written;

 private:
  Result<void> wrote(const std::string& folder) {
    written.push_back(folder);
    return files_.make_folders(folder);
  }

  Result<void> step_artifacts(const std::string& step, const std::string& target) {
    const StepFolder folder = job_.folder.step(step);
    BM_TRY(copy_if_there(folder.logs(), target + "/logs"));
    BM_TRY(copy_if_there(folder.user_logs(), target + "/user_logs"));
    BM_TRY(copy_if_there(folder.driver_logs(), target + "/azureml-logs"));
    BM_TRY(copy_if_there(folder.metrics(), target + "/metrics.jsonl"));
    return copy_if_there(folder.working() + "/outputs", target + "/outputs");
  }

  Result<void> copy_if_there(const std::string& from, const std::string& to) {
    if (!files_.exists(from)) return {};
    BM_TRY(files_.make_folders(parent_of(to)));
    return files_.copy_tree(from, to);
  }

  const FoundJob& job_;
  const std::string& to_;
  Files& files_;
};

}  // namespace

std::vector<JobOutput> outputs_of(const FoundJob& job) {
  std::vector<JobOutput> outputs;
  const auto plan = pipeline::plan_from_json(job.record.plan);
  if (!plan) return outputs;
  for (const StepPlan& step : plan->steps) {
    if (!job.step.empty() && step.name != job.step) continue;
    for (const auto& [name, output] : step.outputs) {
      const std::string shown = job.step.empty() ? output.pipeline_output : name;
      if (shown.empty()) continue;
      outputs.push_back({shown, step.name, path_of(job, step.name, name)});
    }
  }
  return outputs;
}

Result<std::vector<std::string>> download_job(const FoundJob& job, const DownloadRequest& request,
                                              Parts& parts) {
  const JobStatus status = job.status();
  if (!is_terminal(status) && status != JobStatus::kNotResponding) {
    return fail(ErrorKind::kInvalid, "'" + job.name() + "' is " + name_of(status) +
                                         "; a job can be downloaded when it has ended");
  }
  const std::vector<JobOutput> outputs = outputs_of(job);
  Download download(job, request.to, parts.files);
  if (request.output_name.empty()) BM_TRY(download.artifacts());

  std::vector<std::string> names;
  bool found = false;
  for (const JobOutput& output : outputs) {
    names.push_back(output.name);
    const bool wanted = request.all || output.name == request.output_name;
    if (!wanted) continue;
    found = true;
    const bool is_there = !output.path.empty() && parts.files.exists(output.path);
    if (is_there) {
      BM_TRY(download.output(output));
    } else if (!request.all) {
      return fail(ErrorKind::kNotFound, "output '" + output.name + "' of '" + job.name() +
                                            "' was not written" +
                                            (output.path.empty() ? "" : ": " + output.path));
    }
  }
  if (!request.output_name.empty() && !found) {
    return fail(ErrorKind::kNotFound, "'" + job.name() + "' has no output '" + request.output_name +
                                          "'; it has " +
                                          (names.empty() ? "none" : join(names, ", ")));
  }
  return download.written;
}

}  // namespace batchmill::workspace
