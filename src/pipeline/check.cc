#include "pipeline/check.h"

#include <algorithm>

#include "base/yaml/document.h"
#include "base/yaml/edit.h"
#include "model/catalogue.h"
#include "pipeline/check_context.h"
#include "pipeline/check_job.h"
#include "pipeline/data_path.h"
#include "pipeline/diagnostic_text.h"

namespace batchmill::pipeline {

namespace {

Diagnostic unreadable(const CheckRequest& request, const Files& files, const Error& error) {
  std::string reason = error.message;
  if (reason.starts_with(request.file + ": ")) reason.erase(0, request.file.size() + 2);
  auto builder = diagnose(101, SourcePlace{request.file, 0, 0, 0})
                     .with("file", request.file)
                     .with("reason", reason);
  if (const auto folder = files.absolute(".")) builder.with("dir", *folder);
  return builder;
}

Diagnostic describe(const yaml::SetProblem& problem) {
  Diagnostic diagnostic = diagnose(113, problem.place)
                              .with("path", problem.path)
                              .with("reference", problem.text)
                              .with("prefix", problem.prefix)
                              .at(problem.prefix)
                              .found(problem.path);
  if (problem.kind != yaml::SetProblem::Kind::kThroughText) {
    diagnostic.message = "'" + problem.path + "' cannot be set: " + problem.text;
    diagnostic.help = "write --set <key>.<key>=<value>, or <key>[<index>] for a list";
  }
  return diagnostic;
}

void apply_sets(const CheckRequest& request, yaml::Document& document, CheckResult& result) {
  for (const std::string& set : request.sets) {
    if (const auto problem = yaml::apply_set(document, set)) {
      result.diagnostics.push_back(describe(*problem));
    }
  }
  if (!request.name.empty()) {
    const int length = static_cast<int>(request.name.size());
    yaml::set_text(document, "name", request.name,
                   SourcePlace{"--name " + request.name, 0, 1, 1 + length});
  }
}

}  // namespace

CheckResult check_pipeline(const CheckRequest& request, const Files& files) {
  CheckResult result;
  result.files = {request.file};
  const auto text = files.read(request.file);
  const auto absolute = files.absolute(request.file);
  if (!text || !absolute) {
    result.diagnostics.push_back(
        unreadable(request, files, text ? absolute.error() : text.error()));
    return result;
  }
  yaml::Document document = yaml::parse(request.file, *text);
  result.sources.emplace(request.file, document.text());
  for (const yaml::Problem& problem : document.problems()) {
    result.diagnostics.push_back(diagnose(problem));
  }
  if (document.has_syntax_problem()) return result;
  apply_sets(request, document, result);

  CheckContext context{request, files, {{std::move(document), parent_folder(*absolute)}}};
  PipelinePlan plan = check_job(context);
  for (const SourceFile& source : context.sources) {
    if (!result.sources.emplace(source.document.file(), source.document.text()).second) continue;
    result.files.push_back(source.document.file());
  }
  std::move(context.diagnostics.begin(), context.diagnostics.end(),
            std::back_inserter(result.diagnostics));
  result.diagnostics = arrange(std::move(result.diagnostics), result.files);
  if (!has_errors(result.diagnostics)) result.plan = std::move(plan);
  return result;
}

}  // namespace batchmill::pipeline
