#include "cli/job_commands.h"

#include <nlohmann/json.hpp>

#include "cli/restarted_notice.h"
#include "cli/show_settings.h"
#include "cli/stream_job.h"
#include "workspace/control_job.h"
#include "workspace/download_job.h"
#include "workspace/find_workspace.h"
#include "workspace/job_object.h"
#include "workspace/list_jobs.h"
#include "workspace/paths.h"

namespace batchmill::cli {

using Json = nlohmann::ordered_json;

namespace {

// The columns of `job list` in a table (cli.md 1.3).
Json table_row(const Json& job) {
  const auto text = [&](const char* key) { return job.contains(key) ? job[key] : Json(""); };
  return {{"name", text("name")},
          {"status", text("status")},
          {"experiment", text("experiment_name")},
          {"compute target", text("compute")},
          {"job type", text("type")},
          {"created on", job["creation_context"].value("created_at", "")}};
}

Json table_of(const Json& jobs) {
  Json rows = Json::array();
  for (const Json& job : jobs) rows.push_back(table_row(job));
  return rows;
}

int list_steps(const std::string& parent, Session& session) {
  const auto job = workspace::find_job(parent, session.workspace(), session.work());
  if (!job) return session.console().failed(job.error());
  const Json steps = job->step.empty() ? Json(workspace::step_objects(*job)) : Json::array();
  const Json table = table_of(steps);
  return session.print(steps, &table);
}

// Waits until the leader has taken the request, so that what is asked next sees its effect.
void wait_until_taken(const workspace::FoundJob& job, Session& session) {
  constexpr auto kLook = std::chrono::milliseconds(50);
  constexpr auto kAtMost = std::chrono::seconds(10);
  const TimePoint until = session.work().clock.now() + kAtMost;
  while (workspace::has_pending_requests(job.folder, session.work().files) &&
         session.work().clock.now() < until) {
    if (session.console().terminal().wait(kLook) == Wake::kInterrupted) return;
  }
}

int set_archived(bool archived, Session& session) {
  const auto done = workspace::set_archived(session.call().text("name"), archived,
                                            session.workspace(), session.work());
  return done ? kExitSuccess : session.console().failed(done.error());
}

}  // namespace

int job_show(Session& session) {
  const auto job = session.job();
  if (!job) return session.console().failed(job.error());
  if (session.call().has("web")) {
    session.console().warning("there is no web page: no server runs for this workspace");
  }
  if (session.call().has("settings")) return show_settings(*job, session);
  return session.print(workspace::job_object(*job));
}

int job_list(Session& session) {
  const Invocation& call = session.call();
  Console& console = session.console();
  if (call.has("include-archived") && call.has("archived-only")) {
    console.error("--include-archived and --archived-only exclude each other", "keep one");
    return kExitUsage;
  }
  if (call.has("parent-job-name")) return list_steps(call.text("parent-job-name"), session);

  workspace::ListRequest request;
  request.limit = call.is_on("all-results") ? 0 : call.number("max-results", 50);
  request.archived_too = call.has("include-archived");
  request.archived_only = call.has("archived-only");
  if (const auto made = workspace::ensure_workspace(session.workspace(), session.work().files);
      !made) {
    return console.failed(made.error());
  }
  const auto list = workspace::list_jobs(request, session.workspace(), session.work());
  if (!list) return console.failed(list.error());
  Json jobs = Json::array();
  for (const JobSummary& job : list->jobs) jobs.push_back(Json(workspace::summary_object(job)));
  const Json table = table_of(jobs);
  const int code = session.print(jobs, &table);
  if (list->more) {
    console.warning("only the " + std::to_string(request.limit) + " newest jobs are shown",
                    "--all-results, or --max-results N");
  }
  return code;
}

int job_stream(Session& session) {
  const auto job = session.job();
  if (!job) return session.console().failed(job.error());
  session.console().terminal().watch_signals();
  return stream_job(*job, {}, session);
}

int job_cancel(Session& session) {
  Console& console = session.console();
  const auto job = session.job();
  if (!job) return console.failed(job.error());
  if (!job->step.empty()) {
    console.error("'" + job->name() + "' is a step; a job is canceled as a whole",
                  "batchmill job cancel -n " + job->record.name);
    return kExitFailure;
  }
  const auto asked = workspace::cancel_job(*job, session.work());
  if (!asked) return console.failed(asked.error());
  if (*asked == workspace::Asked::kNotNeeded) {
    console.warning("'" + job->name() + "' is " + name_of(job->status()) + " already");
    return kExitSuccess;
  }
  if (*asked == workspace::Asked::kRevived) tell_restarted(*job, console);
  if (!session.call().has("no-wait")) wait_until_taken(*job, session);
  return kExitSuccess;
}

int job_resume(Session& session) {
  Console& console = session.console();
  const auto job = session.job();
  if (!job) return console.failed(job.error());
  if (!job->step.empty()) {
    console.error("'" + job->name() + "' is a step; a job is resumed as a whole",
                  "batchmill job resume -n " + job->record.name);
    return kExitFailure;
  }
  const auto asked = workspace::resume_job(*job, session.work());
  if (!asked) return console.failed(asked.error());
  if (*asked == workspace::Asked::kNotNeeded) {
    console.notice("'" + job->name() + "' is " + name_of(job->status()) + "; nothing to resume");
    if (job->record.status == JobStatus::kCompleted) return kExitSuccess;
  }
  if (!session.call().has("stream")) {
    if (*asked == workspace::Asked::kRevived) {
      console.notice("'" + job->name() + "' goes on", "batchmill job stream -n " + job->name());
    }
    return kExitSuccess;
  }
  console.terminal().watch_signals();
  wait_until_taken(*job, session);
  StreamOptions options;
  options.from_now = *asked == workspace::Asked::kRevived;
  return stream_job(*job, options, session);
}

int job_download(Session& session) {
  Console& console = session.console();
  const auto job = session.job();
  if (!job) return console.failed(job.error());
  workspace::DownloadRequest request;
  request.to = workspace::absolute_below(session.work().current_folder,
                                         session.call().text("download-path", "."));
  request.output_name = session.call().text("output-name");
  request.all = session.call().has("all");
  const auto written = workspace::download_job(*job, request, session.work());
  if (!written) return console.failed(written.error());
  for (const std::string& folder : *written) {
    if (!console.only_errors()) console.err("wrote " + folder + "\n");
  }
  return kExitSuccess;
}

int job_archive(Session& session) { return set_archived(true, session); }
int job_restore(Session& session) { return set_archived(false, session); }

}  // namespace batchmill::cli
