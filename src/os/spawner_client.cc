#include "os/spawner_client.h"

#include <poll.h>
#include <sys/wait.h>
#include <utility>

#include "os/process_tree.h"

namespace batchmill {

namespace {

// Something that even KILL does not end, a hung network file system say, must not hold us for ever.
constexpr int kLimitMillis = 10'000;

}  // namespace

SpawnerClient::SpawnerClient(Loop& loop, SpawnerLink link) : loop_(loop), link_(std::move(link)) {}

SpawnerClient::~SpawnerClient() {
  if (watch_ != 0) loop_.unwatch(watch_);
  link_.socket.reset();
  constexpr int kPauseMillis = 2;
  for (int waited = 0; waited < kLimitMillis; waited += kPauseMillis) {
    if (::waitpid(link_.pid, nullptr, WNOHANG) != 0) return;
    ::poll(nullptr, 0, kPauseMillis);
  }
}

void SpawnerClient::start(Handlers handlers) {
  handlers_ = std::move(handlers);
  watch_ = loop_.watch_readable(link_.socket.get(), [this] { read(); });
}

void SpawnerClient::spawn(SpawnRequest request) {
  std::vector<int> fds;
  for (const auto& [here, there] : request.pass_fds) fds.push_back(here);
  tell(spawner::Spawn{std::move(request)}, fds);
}

void SpawnerClient::signal(std::uint64_t id, int signal) { tell(spawner::Signal{id, signal}, {}); }

void SpawnerClient::end(std::uint64_t id, int grace_millis) {
  tell(spawner::End{id, grace_millis}, {});
}

// Waits where the socket is full: the spawner reads promptly, and its own answers never wait.
void SpawnerClient::tell(const spawner::Message& message, const std::vector<int>& fds) {
  if (dead_) return;
  // A failure here is a dead spawner, which the reading side reports.
  static_cast<void>(spawner::send_all(link_.socket.get(), spawner::encode(message), fds));
}

void SpawnerClient::read() {
  std::deque<UniqueFd> none;
  const spawner::Received received = spawner::receive(link_.socket.get(), none);
  decoder_.feed(received.bytes);
  while (true) {
    auto message = decoder_.next();
    if (!message) return spawner_died();
    if (!*message) break;
    deliver(std::move(**message));
  }
  if (received.end) spawner_died();
}

void SpawnerClient::deliver(spawner::Message message) {
  if (const auto* started = std::get_if<spawner::Started>(&message)) {
    handlers_.on_started(started->id, started->pid);
  } else if (const auto* failed = std::get_if<spawner::StartFailed>(&message)) {
    handlers_.on_start_failed(failed->id,
                              Error{static_cast<ErrorKind>(failed->kind), failed->message});
  } else if (const auto* exited = std::get_if<spawner::Exited>(&message)) {
    handlers_.on_exit(exited->exit);
  }
}

void SpawnerClient::spawner_died() {
  if (dead_) return;
  dead_ = true;
  loop_.unwatch(watch_);
  watch_ = 0;
  kill_all_descendants(kLimitMillis);
  handlers_.on_spawner_died();
}

}  // namespace batchmill
