#include "apps/supervisor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "apps/exit_codes.h"
#include "db/sqlite_stores.h"
#include "engine/control_folder.h"
#include "engine/job_reporter.h"
#include "engine/restart_policy.h"
#include "os/asio_loop.h"
#include "os/files_posix.h"
#include "os/ofd_locks.h"
#include "os/unique_fd.h"

namespace batchmill::apps {

namespace {

struct Life {
  int status = 0;
  bool made_progress = false;
};

[[noreturn]] void become_leader(const std::string& program, const std::string& job_folder,
                                int progress_fd) {
  const std::string fd = std::to_string(progress_fd);
  const char* argv[] = {program.c_str(), "leader",   "--job", job_folder.c_str(),
                        "--progress-fd", fd.c_str(), nullptr};
  ::execv(program.c_str(), const_cast<char* const*>(argv));
  ::_exit(127);
}

Life live_once(const std::string& program, const std::string& job_folder) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return {.status = 127 << 8};
  UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    ::fcntl(write_end.get(), F_SETFD, 0);
    become_leader(program, job_folder, write_end.get());
  }
  if (child < 0) return {.status = 127 << 8};
  write_end.reset();
  Life life;
  while (::waitpid(child, &life.status, 0) < 0 && errno == EINTR) {
  }
  // Agents never inherit the write end, so this read ends.
  char byte = 0;
  life.made_progress = ::read(read_end.get(), &byte, 1) == 1;
  return life;
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) return fmt::format("SIG{}", sigabbrev_np(WTERMSIG(status)));
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

void wait_for(Duration delay) {
  timespec time{};
  time.tv_sec = delay.count() / 1'000'000'000;
  time.tv_nsec = delay.count() % 1'000'000'000;
  ::nanosleep(&time, nullptr);
}

bool asked_to_resume(const JobFolder& job) {
  const FilesPosix files;
  const auto requests = engine::pending_requests(files, job.control());
  return std::find(requests.begin(), requests.end(), engine::ControlRequest::kResume) !=
         requests.end();
}

void report_restart(const JobFolder& job, const std::string& text, int code) {
  AsioLoop loop;
  FilesPosix files;
  engine::JobReporter reporter(loop, files, job);
  reporter.log(text);
  JobEvent event;
  event.type = "notice";
  event.level = "warning";
  event.code = code;
  event.text = text;
  reporter.event(event);
}

void end_as_failed(const JobFolder& job, const std::string& reason) {
  OfdLocks locks;
  const auto lock = locks.try_lock(job.lock());
  if (!lock) return;
  AsioLoop loop;
  db::SqliteStores stores;
  if (auto store = stores.open_job(job.db(), false)) {
    (void)(*store)->set_status(JobStatus::kFailed, reason, "", loop.wall_now());
    const auto record = (*store)->load();
    const std::string jobs = job.root().substr(0, job.root().find_last_of('/'));
    const WorkspaceFolder workspace(jobs.substr(0, jobs.find_last_of('/')));
    auto index = stores.open_index(workspace.index_db());
    if (record && index) (void)(*index)->set_status(record->name, JobStatus::kFailed);
  }
}

}  // namespace

int supervise(const std::string& program, const std::string& job_folder) {
  const JobFolder job(job_folder);
  engine::RestartPolicy policy;
  for (;;) {
    const Life life = live_once(program, job_folder);
    if (WIFEXITED(life.status) && WEXITSTATUS(life.status) == kExitDone) return 0;
    if (WIFEXITED(life.status) && WEXITSTATUS(life.status) == kExitLocked) {
      const auto next = engine::RestartPolicy::after_finding_it_held(asked_to_resume(job));
      if (!next.restart) return 0;
      wait_for(next.delay);
      continue;
    }
    const auto next = policy.after_life(life.made_progress);
    if (!next.restart) {
      const std::string reason =
          fmt::format("the leader ended {} times without a result; last: {}; log: {}",
                      policy.fruitless(), describe(life.status), job.leader_log());
      end_as_failed(job, reason);
      report_restart(job, reason, 925);
      return 1;
    }
    report_restart(job,
                   fmt::format("leader ended ({}), restarted ({} of {} without a result)",
                               describe(life.status), policy.fruitless(),
                               engine::RestartPolicy::kMostFruitless),
                   925);
    wait_for(next.delay);
  }
}

}  // namespace batchmill::apps
