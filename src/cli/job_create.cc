#include <nlohmann/json.hpp>

#include "cli/job_commands.h"
#include "cli/query.h"
#include "cli/show_diagnostics.h"
#include "cli/show_refusal.h"
#include "cli/stream_job.h"
#include "pipeline/diagnostic_json.h"
#include "pipeline/diagnostic_text.h"
#include "workspace/find_workspace.h"
#include "workspace/job_object.h"
#include "workspace/submit_job.h"

namespace batchmill::cli {

namespace {

workspace::CheckFileRequest check_request(const Invocation& call) {
  workspace::CheckFileRequest request;
  request.file = call.text("file");
  request.sets = call.texts("set");
  request.name = call.text("name");
  request.strict = call.has("strict");
  request.check_scripts = !call.has("skip-validation");
  return request;
}

int nothing_was_submitted(Console& console) {
  console.err("Nothing was submitted.\n");
  return kExitFailure;
}

// --save-as: the created job as YAML.
Result<void> save_as(const std::string& path, const nlohmann::ordered_json& object,
                     Session& session) {
  return session.work().files.write_atomically(path, format_yaml(object));
}

}  // namespace

int job_create(Session& session) {
  Console& console = session.console();
  const Invocation& call = session.call();
  Terminal& terminal = console.terminal();
  terminal.watch_signals();

  workspace::SubmitRequest request;
  request.check = check_request(call);
  request.user = session.parts().user;
  request.resume_from = call.text("resume-from");
  request.accept_new_code = call.has("accept-new-code");
  request.canceled = [&] { return terminal.interrupted(); };
  const auto submitted = workspace::submit_job(request, session.workspace(), session.work());
  if (!submitted && submitted.error().kind == ErrorKind::kCanceled) {
    return nothing_was_submitted(console);
  }
  if (!submitted) return console.failed(submitted.error());
  show_diagnostics(submitted->diagnostics, submitted->sources, request.check.file,
                   "nothing was submitted", console);
  if (submitted->refusal) {
    show_refusal(*submitted->refusal, console);
    return nothing_was_submitted(console);
  }
  if (submitted->job.empty()) return kExitFailure;

  auto job = workspace::find_job(submitted->job, session.workspace(), session.work());
  if (!job) return console.failed(job.error());
  if (call.has("web")) console.warning("there is no web page: no server runs for this workspace");
  if (call.has("save-as")) {
    const auto saved = save_as(call.text("save-as"), workspace::job_object(*job), session);
    if (!saved) console.warning("--save-as: " + saved.error().message);
  }
  if (call.has("stream")) {
    const int code = stream_job(*job, {}, session);
    if (code != kExitSuccess || !session.wants_object()) return code;
    // Refreshed, so that it says how the job ended.
    job = workspace::find_job(submitted->job, session.workspace(), session.work());
    if (!job) return console.failed(job.error());
  }
  return session.print(workspace::job_object(*job));
}

int job_validate(Session& session) {
  Console& console = session.console();
  const workspace::CheckFileRequest request = check_request(session.call());
  if (const auto made = workspace::ensure_workspace(session.workspace(), session.work().files);
      !made) {
    return console.failed(made.error());
  }
  const auto checked = workspace::check_file(request, session.workspace(), session.work());
  if (!checked) {
    console.error(checked.error().message);
    return kExitFailure;
  }
  const bool failed = pipeline::has_errors(checked->diagnostics);
  if (!session.wants_object()) {
    show_diagnostics(checked->diagnostics, checked->sources, request.file, "", console);
    if (!failed && !console.only_errors()) console.err(request.file + " is valid\n");
  }
  if (session.wants_object() || !console.terminal().out_is_terminal()) {
    const auto object = nlohmann::ordered_json::parse(
        pipeline::render_json(checked->diagnostics, session.work().current_folder), nullptr, false);
    if (const int code = session.print(object); code != kExitSuccess) return code;
  }
  return failed ? kExitFailure : kExitSuccess;
}

}  // namespace batchmill::cli
