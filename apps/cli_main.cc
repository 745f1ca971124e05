#include "apps/cli_main.h"

#include <csignal>
#include <cstring>
#include <filesystem>
#include <memory>
#include <pwd.h>
#include <random>
#include <unistd.h>

#include "apps/installation.h"
#include "apps/version.h"
#include "cli/run_cli.h"
#include "data/mltable.h"
#include "db/sqlite_stores.h"
#include "engine/local_dry_runs.h"
#include "environment/local_environments.h"
#include "monitor/nvidia_smi.h"
#include "os/command_runner.h"
#include "os/detached_leaders.h"
#include "os/files_bulk.h"
#include "os/files_posix.h"
#include "os/foreground_process.h"
#include "os/machine_cores.h"
#include "os/ofd_locks.h"
#include "os/system_clock.h"
#include "os/temporary_folder.h"
#include "os/terminal.h"

namespace batchmill::apps {

namespace {

std::map<std::string, std::string> variables() {
  std::map<std::string, std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (const char* equals = std::strchr(*entry, '='))
      all[std::string(*entry, static_cast<std::size_t>(equals - *entry))] = equals + 1;
  }
  return all;
}

std::string current_folder() {
  std::error_code error;
  const auto path = std::filesystem::current_path(error);
  return error ? "/" : path.string();
}

std::string user_name() {
  const passwd* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

workspace::Random random_numbers() {
  auto device = std::make_shared<std::random_device>();
  return [device] { return (static_cast<std::uint64_t>((*device)()) << 32) | (*device)(); };
}

pipeline::MltableFinding look_at_mltable(const Files& files, const BulkFiles& bulk,
                                         const std::string& folder) {
  data::MltableCheck check = data::check_mltable(files, bulk, folder);
  return {std::move(check.diagnostics), check.is_table};
}

}  // namespace

int cli_main(const std::string& program, const std::vector<std::string>& arguments) {
  ::signal(SIGPIPE, SIG_IGN);
  const OfdLocks locks;
  FilesPosix files;
  FilesBulk bulk;
  SystemClock clock;
  db::SqliteStores stores;
  DetachedLeaders leaders(program, locks);
  LocalCommandRunner commands;
  auto environment = variables();
  environment::LocalEnvironments environments(commands, files, environment["PATH"]);
  ProcessTerminal terminal;
  ForegroundProcess foreground;
  monitor::NvidiaSmi gpus(commands);
  engine::LocalDryRuns dry_runs(
      {.files = files,
       .bulk = bulk,
       .clock = clock,
       .foreground = foreground,
       .cores = usable_cores(),
       .gpus = gpus,
       .environment = {environment.begin(), environment.end()},
       .python_folder = python_folder(program),
       .make_folder = [] { return make_temporary_folder("batchmill-try-"); }});
  cli::CliParts parts{
      .work = {.files = files,
               .clock = clock,
               .stores = stores,
               .leaders = leaders,
               .environments = environments,
               .commands = commands,
               .random = random_numbers(),
               .variables = environment,
               .current_folder = current_folder(),
               .cores = usable_cores(),
               .check_mltable =
                   [&](const std::string& folder, const SourcePlace&) {
                     return look_at_mltable(files, bulk, folder);
                   }},
      .terminal = terminal,
      .dry_runs = dry_runs,
      .version = kVersion,
      .user = user_name(),
  };
  return cli::run_cli(arguments, parts);
}

}  // namespace batchmill::apps
