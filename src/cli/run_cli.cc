#include "cli/run_cli.h"

#include "cli/command_line.h"
#include "cli/help_text.h"
#include "cli/job_commands.h"
#include "cli/query.h"
#include "model/catalogue.h"
#include "pipeline/explain.h"
#include "workspace/find_workspace.h"

namespace batchmill::cli {

namespace {

using Action = int (*)(Session&);

Action action_of(const std::string& words) {
  static const std::map<std::string, Action> kActions = {
      {"job create", job_create},   {"job validate", job_validate}, {"job try", job_try},
      {"job show", job_show},       {"job list", job_list},         {"job stream", job_stream},
      {"job cancel", job_cancel},   {"job resume", job_resume},     {"job download", job_download},
      {"job archive", job_archive}, {"job restore", job_restore},
  };
  const auto found = kActions.find(words);
  return found == kActions.end() ? nullptr : found->second;
}

std::size_t help_width(const DisplayCaps& caps) {
  return std::clamp<std::size_t>(caps.width, 40, 100);
}

int explain(const std::string& text, Console& console) {
  const std::vector<pipeline::AllowedNames> names = pipeline::allowed_names();
  const std::string page =
      text == "all" ? pipeline::explain_all(names)
                    : pipeline::explain(code_from(text), names, help_width(console.caps()));
  if (page.empty()) {
    console.error("there is no diagnostic '" + text + "'", "codes look like BM105");
    return kExitFailure;
  }
  console.out(page);
  return kExitSuccess;
}

int show_help(const HelpWanted& help, Console& console) {
  const std::string text = help_text(help.words, help_width(console.caps()));
  if (help.asked) {
    console.out(text);
    return kExitSuccess;
  }
  console.err(text);
  return kExitUsage;
}

// A value "@file" is the content of the file, as everywhere in az.
Result<void> read_at_files(Invocation& call, const Files& files) {
  for (auto& [flag, values] : call.values()) {
    for (std::string& value : values) {
      if (value.size() < 2 || value[0] != '@') continue;
      BM_ASSIGN(value, files.read(value.substr(1)));
      while (value.ends_with('\n') || value.ends_with('\r')) value.pop_back();
    }
  }
  return {};
}

int run(Invocation& call, CliParts& parts) {
  const bool only_errors = call.has("only-show-errors");
  Console console(parts.terminal, display_caps(parts.work.variables, parts.terminal, only_errors),
                  only_errors);
  if (const auto read = read_at_files(call, parts.work.files); !read) {
    return console.failed(read.error());
  }
  if (call.has("query")) {
    if (const auto valid = check_query(call.text("query")); !valid) {
      console.error(valid.error().message);
      return kExitUsage;
    }
  }
  const std::string words = words_of(call.command());
  if (words == "explain") return explain(call.operand(), console);

  workspace::WorkspaceSearch search;
  search.flag = call.text("workspace");
  search.variable = parts.work.variable("BATCHMILL_WORKSPACE");
  search.current_folder = parts.work.current_folder;
  search.home = parts.work.variable("HOME");
  auto folder = workspace::find_workspace(search, parts.work.files);
  if (!folder) {
    console.error(folder.error().message);
    return kExitFailure;
  }
  if (call.has("verbose") || call.has("debug")) {
    console.err("workspace: " + folder->root() + "\n");
  }
  Session session(parts, call, std::move(*folder), console);
  return action_of(words)(session);
}

}  // namespace

int run_cli(const std::vector<std::string>& arguments, CliParts& parts) {
  CommandLine parsed = parse_command_line(arguments);
  if (auto* call = std::get_if<Invocation>(&parsed)) return run(*call, parts);

  Console console(parts.terminal, display_caps(parts.work.variables, parts.terminal, false), false);
  if (const auto* help = std::get_if<HelpWanted>(&parsed)) return show_help(*help, console);
  if (std::holds_alternative<VersionWanted>(parsed)) {
    console.out("batchmill " + parts.version + "\n");
    return kExitSuccess;
  }
  const auto& problem = std::get<UsageProblem>(parsed);
  console.error(problem.message, problem.help);
  return kExitUsage;
}

}  // namespace batchmill::cli
