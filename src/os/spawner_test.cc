#include "os/spawner.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <poll.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/asio_loop.h"
#include "os/process_tree.h"
#include "os/spawner_client.h"

namespace batchmill {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr auto kPatience = std::chrono::seconds(20);

std::string read_file(const fs::path& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

bool alive(pid_t pid) {
  for (const ProcessEntry& process : list_processes()) {
    if (process.pid == pid) return !process.zombie;
  }
  return false;
}

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    poll(nullptr, 0, 10);
  }
  return false;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "batchmill-spawner-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  fs::path operator/(const std::string& name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class SpawnerTest : public testing::Test {
 protected:
  SpawnerTest()
      : link_(*fork_spawner()), spawner_pid_(link_.pid), client_(loop_, std::move(link_)) {
    Processes::Handlers handlers;
    handlers.on_started = [this](std::uint64_t id, int pid) { pids_[id] = pid; };
    handlers.on_start_failed = [this](std::uint64_t id, Error error) {
      failures_[id] = std::move(error);
    };
    handlers.on_exit = [this](const SpawnExit& exit) { exits_[exit.id] = exit; };
    handlers.on_spawner_died = [this] { spawner_died_ = true; };
    client_.start(std::move(handlers));
  }

  SpawnRequest shell(std::uint64_t id, const std::string& script) {
    SpawnRequest request;
    request.id = id;
    request.argv = {"/bin/sh", "-c", script};
    request.environment = {{"PATH", "/usr/bin:/bin"}};
    request.working_folder = folder_.path().string();
    request.stdout_path = (folder_ / "logs/out.txt").string();
    request.stderr_path = (folder_ / "logs/err.txt").string();
    return request;
  }

  void run_until(const std::function<bool()>& condition) {
    const TimePoint deadline = loop_.now() + kPatience;
    std::function<void()> check = [&] {
      if (condition() || loop_.now() > deadline) return loop_.stop();
      loop_.call_at(loop_.now() + std::chrono::milliseconds(2), check);
    };
    check();
    loop_.run();
    ASSERT_TRUE(condition());
  }

  const SpawnExit& wait_for_exit(std::uint64_t id) {
    run_until([&] { return exits_.contains(id); });
    return exits_[id];
  }

  pid_t wait_for_pid_in(const std::string& name) {
    run_until([&] { return !read_file(folder_ / name).empty(); });
    return std::atoi(read_file(folder_ / name).c_str());
  }

  TemporaryFolder folder_;
  SpawnerLink link_;
  pid_t spawner_pid_;
  AsioLoop loop_;
  SpawnerClient client_;
  std::map<std::uint64_t, int> pids_;
  std::map<std::uint64_t, Error> failures_;
  std::map<std::uint64_t, SpawnExit> exits_;
  bool spawner_died_ = false;
};

TEST_F(SpawnerTest, RunsAChildWithItsFilesFolderAndEnvironment) {
  auto request = shell(1, "echo \"$GREETING in $PWD\"; echo trouble >&2; read line || exit 3");
  request.environment.emplace_back("GREETING", "good day");
  client_.spawn(request);
  const SpawnExit exit = wait_for_exit(1);
  EXPECT_EQ(exit.exit_code, 3);
  EXPECT_EQ(exit.signal, 0);
  EXPECT_EQ(read_file(folder_ / "logs/out.txt"), "good day in " + folder_.path().string() + "\n");
  EXPECT_EQ(read_file(folder_ / "logs/err.txt"), "trouble\n");
  EXPECT_GT(pids_[1], 0);
}

TEST_F(SpawnerTest, AppendsAndJoinsBothStreamsInOneFile) {
  for (std::uint64_t id : {1, 2}) {
    auto request = shell(id, "echo out; echo err >&2");
    request.stderr_path = request.stdout_path;
    client_.spawn(request);
    wait_for_exit(id);
  }
  EXPECT_EQ(read_file(folder_ / "logs/out.txt"), "out\nerr\nout\nerr\n");
}

TEST_F(SpawnerTest, ReportsTheSignalAndWhatTheChildUsed) {
  client_.spawn(shell(1, "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; kill -SEGV $$"));
  const SpawnExit exit = wait_for_exit(1);
  EXPECT_EQ(exit.signal, SIGSEGV);
  EXPECT_GT(exit.user_micros + exit.system_micros, 0);
  EXPECT_GT(exit.peak_rss_kib, 100u);
}

TEST_F(SpawnerTest, NamesWhatCouldNotBeStarted) {
  struct Case {
    std::function<void(SpawnRequest&)> change;
    std::string message;
  };
  std::ofstream(folder_ / "no-interpreter") << "#!/no/such/python\n";
  fs::permissions(folder_ / "no-interpreter", fs::perms::owner_all);
  std::ofstream(folder_ / "a-file") << "";
  const std::vector<Case> cases = {
      {[](SpawnRequest& r) { r.argv[0] = "/no/such/program"; },
       "cannot start /no/such/program: No such file or directory"},
      {[this](SpawnRequest& r) { r.argv[0] = (folder_ / "no-interpreter").string(); },
       "no-interpreter: No such file or directory (its interpreter is missing)"},
      {[this](SpawnRequest& r) { r.argv[0] = folder_.path().string(); }, ": Permission denied"},
      {[](SpawnRequest& r) { r.working_folder = "/no/such/folder"; },
       "working folder /no/such/folder: No such file or directory"},
      {[this](SpawnRequest& r) { r.stdout_path = (folder_ / "a-file/out.txt").string(); },
       "a-file/out.txt: Not a directory"},
  };
  std::uint64_t id = 0;
  for (const Case& c : cases) {
    auto request = shell(++id, "exit 0");
    c.change(request);
    client_.spawn(request);
    run_until([&] { return failures_.contains(id); });
    EXPECT_THAT(failures_[id].message, HasSubstr(c.message));
  }
}

TEST_F(SpawnerTest, HandsOverTheNamedDescriptorsAndNoOther) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);  // inheritable on purpose
  // The two numbers swap places, which a careless dup2 would get wrong.
  const UniqueFd low(fcntl(open("/dev/null", O_RDONLY), F_DUPFD, 20));
  auto request = shell(1, "ls /proc/self/fd | sort -n | tr '\\n' ' '; echo hello >&3");
  request.pass_fds = {{ends[1], 3}, {low.get(), 4}};
  client_.spawn(request);
  close(ends[1]);
  wait_for_exit(1);
  char buffer[16] = {};
  EXPECT_EQ(read(ends[0], buffer, sizeof buffer), 6);
  EXPECT_STREQ(buffer, "hello\n");
  EXPECT_EQ(read(ends[0], buffer, sizeof buffer), 0) << "someone still holds the pipe";
  close(ends[0]);
  // 5 is the folder that ls itself reads.
  EXPECT_EQ(read_file(folder_ / "logs/out.txt"), "0 1 2 3 4 5 ");
}

TEST_F(SpawnerTest, ChildrenStartWithDefaultSignalsInTheirOwnSession) {
  // Signals 32 and 33 belong to the C library, which lets nobody touch them: what a caller made of
  // them stays.
  client_.spawn(shell(1,
                      "grep -E '^Sig(Blk|Ign)' /proc/self/status | sed -E "
                      "'s/^(SigIgn:.0{7})[01][08]/\\100/'; cut -d' ' -f6 /proc/$$/stat"));
  wait_for_exit(1);
  EXPECT_EQ(
      read_file(folder_ / "logs/out.txt"),
      "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n" + std::to_string(pids_[1]) + "\n");
}

TEST_F(SpawnerTest, EndsAChildThatIgnoresTerm) {
  client_.spawn(shell(1, "trap '' TERM; echo ready >ready; while :; do sleep 0.1; done"));
  wait_for_pid_in("ready");
  client_.end(1, 100);
  EXPECT_EQ(wait_for_exit(1).signal, SIGKILL);
}

TEST_F(SpawnerTest, GivesTheChildItsGrace) {
  client_.spawn(shell(1, "trap 'exit 7' TERM; echo ready >ready; while :; do sleep 0.05; done"));
  wait_for_pid_in("ready");
  client_.end(1, 10'000);
  EXPECT_EQ(wait_for_exit(1).exit_code, 7);
}

TEST_F(SpawnerTest, EndReachesGrandchildrenInSessionsOfTheirOwn) {
  client_.spawn(shell(1, "setsid sh -c 'echo $$ >grandchild; exec sleep 1000' & wait"));
  const pid_t grandchild = wait_for_pid_in("grandchild");
  client_.end(1, 0);
  wait_for_exit(1);
  EXPECT_FALSE(alive(grandchild));
}

TEST_F(SpawnerTest, AnExitIsReportedWhenOrphansAreGoneToo) {
  client_.spawn(shell(1, "setsid sh -c 'echo $$ >orphan; exec sleep 1000' & sleep 0.2"));
  const pid_t orphan = wait_for_pid_in("orphan");
  EXPECT_EQ(wait_for_exit(1).exit_code, 0);
  EXPECT_FALSE(alive(orphan));
}

TEST_F(SpawnerTest, OtherChildrenAreLeftAlone) {
  client_.spawn(shell(1, "setsid sh -c 'echo $$ >first; exec sleep 1000' & wait"));
  client_.spawn(shell(2, "setsid sh -c 'echo $$ >second; exec sleep 1000' & wait"));
  const pid_t first = wait_for_pid_in("first");
  const pid_t second = wait_for_pid_in("second");
  client_.end(1, 0);
  wait_for_exit(1);
  EXPECT_FALSE(alive(first));
  EXPECT_TRUE(alive(second));
  EXPECT_TRUE(alive(pids_[2]));
}

TEST_F(SpawnerTest, SignalsGoToTheProcessGroupOnly) {
  client_.spawn(shell(1,
                      "setsid sh -c 'echo $$ >other; exec sleep 1000' & trap 'kill %1; exit 5' "
                      "USR1; echo ready >ready; while :; do sleep 0.05; done"));
  wait_for_pid_in("ready");
  wait_for_pid_in("other");
  client_.signal(1, SIGUSR1);
  EXPECT_EQ(wait_for_exit(1).exit_code, 5);
}

TEST_F(SpawnerTest, LargeEnvironmentsAndManyChildrenPassThrough) {
  for (std::uint64_t id = 1; id <= 30; ++id) {
    auto request = shell(id, "printf %s \"$BIG\" | wc -c >size");
    request.environment.emplace_back("BIG", std::string(100'000, 'x'));
    client_.spawn(request);
  }
  run_until([&] { return exits_.size() + failures_.size() == 30; });
  EXPECT_THAT(failures_, testing::IsEmpty());
  EXPECT_EQ(std::atoi(read_file(folder_ / "size").c_str()), 100'000);
}

TEST_F(SpawnerTest, ADeadSpawnerLeavesNothingBehind) {
  client_.spawn(shell(1, "setsid sh -c 'echo $$ >grandchild; exec sleep 1000' & wait"));
  const pid_t grandchild = wait_for_pid_in("grandchild");
  kill(spawner_pid_, SIGKILL);
  run_until([&] { return spawner_died_; });
  EXPECT_FALSE(alive(grandchild));
  EXPECT_FALSE(alive(pids_[1]));
}

TEST(Spawner, KillsEverythingWhenItsOwnerIsKilled) {
  const TemporaryFolder folder;
  const pid_t owner = fork();
  ASSERT_GE(owner, 0);
  if (owner == 0) {
    auto link = fork_spawner();
    AsioLoop loop;
    SpawnerClient client(loop, std::move(*link));
    SpawnRequest request;
    request.id = 1;
    request.argv = {
        "/bin/sh", "-c",
        "trap '' TERM; (trap '' TERM; setsid sh -c 'echo $$ >own-session; sleep 1000') & "
        "env -i setsid sh -c 'echo $$ >bare; sleep 1000' & echo $$ >child; wait"};
    request.environment = {{"PATH", "/usr/bin:/bin"}};
    request.working_folder = folder.path().string();
    request.stdout_path = request.stderr_path = (folder / "out.txt").string();
    client.spawn(request);
    while (true) pause();
  }
  const std::vector<std::string> names = {"child", "own-session", "bare"};
  ASSERT_TRUE(eventually([&] {
    return std::all_of(names.begin(), names.end(),
                       [&](const auto& name) { return !read_file(folder / name).empty(); });
  }));
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  for (const std::string& name : names) {
    const pid_t pid = std::atoi(read_file(folder / name).c_str());
    EXPECT_TRUE(eventually([&] { return !alive(pid); })) << name;
  }
}

}  // namespace
}  // namespace batchmill
